"""Damaged files: bytes and words of a corpus changed, dropped, repeated, exchanged or taken from another file."""
import re

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
NUMBERS = ["0", "1", "-1", "2", "3", "7", "64", "1000", "10**6", "10**12", "2147483648", "9223372036854775807",
           "18446744073709551616", "1e-5", "1e400", "0.5", "1/3", "00", "1e", "0x10"]
PIECES = [
    ".T", ".mT", "-", "+", "*", "@", "/", "//", "**", "(", ")", "[", "]", ",", ":", "...", "[0]", "[:, 1:]",
    "[::2]", "[::-1]", "sum(", "inv(", "det(", "exp(", "log(", "sqrt(", "relu(", "conv2d(", "grad(", "jacobian(",
    "hessian(", "kron(", "stack([", "einsum(", "max(", "prod(", "softmax(", "max_pool1d(", "padding=", "stride=",
    "axis=", "groups=", "\n", "=", "+=", " symmetric", " lower", " spd", " one_hot(0)", " orthogonal", " simplex",
    "check ", "assert ", "loss ", "output ", "dims ", "def f(a) = f(a)\n", " for i in range(2)", "==", ">", "None",
    "True", "\"ij->\"", "#", "budget work=1\n", "\t", "\r\n", "\0", "\u202e", "é", "'", "\\", "input x: [n]\n",
]


class Mutator:
    def __init__(self, texts):
        self.files = [TOKEN.findall(text) for text in texts]

    def mutant(self, chance):
        """The bytes of one damaged file, which need not be text."""
        tokens = list(chance.choice(self.files))
        for _ in range(chance.randint(1, 5)):
            if tokens:
                self.damage(tokens, chance)
        data = bytearray("".join(tokens).encode("utf-8"))
        if data and chance.random() < 0.15:
            for _ in range(chance.randint(1, 4)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        if data and chance.random() < 0.03:
            del data[chance.randrange(len(data)):]
        return bytes(data)

    def damage(self, tokens, chance):
        place = chance.randrange(len(tokens))
        kind = chance.randrange(10)
        if kind == 0:
            del tokens[place]
        elif kind == 1:
            tokens.insert(place, chance.choice(PIECES))
        elif kind == 2:
            tokens[place] = chance.choice(PIECES)
        elif kind == 3:
            tokens[place] = chance.choice(tokens)
        elif kind == 4:
            tokens[place] = chance.choice(chance.choice(self.files))
        elif kind in (5, 6):
            numbers = [i for i, token in enumerate(tokens) if token.isdigit()]
            if numbers:
                tokens[chance.choice(numbers)] = chance.choice(NUMBERS)
        elif kind == 7:
            tokens[place:place] = tokens[place:place + chance.randint(1, 15)] * chance.choice((1, 1, 2, 30))
        elif kind == 8:
            other = chance.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        else:
            del tokens[place:place + chance.randint(1, 10)]
