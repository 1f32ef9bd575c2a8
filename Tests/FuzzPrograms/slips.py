"""Slips: every function takes a term of a right claim and gives one that ought not to be equal, or nothing.

Whether the claim is wrong is not decided here: a point at which it differs has to be found."""
from fractions import Fraction

import terms as T
from terms import add, call, mul, neg, num, power, relation, sub


def slipped(term, random):
    """The term with one slip, and the slip's name."""
    for _ in range(60):
        path, node = random.choice(list(T.paths(term)))
        if node.op == "name" and not node.extra[0].islower():       # a size: arithmetic on sizes has rules of its own
            continue
        slip = random.choice(SLIPS)
        new = slip(node, random)
        if new is not None and new.shape == node.shape and new != node:
            return T.replace(term, path, new), slip.__name__
    return neg(term), "sign"


def sign(x, random):
    return neg(x) if x.op in ("name", "mul", "step", "sum", "matmul", "call") else None


def plus_for_minus(x, random):
    return T.binary({"add": "sub", "sub": "add"}[x.op], *x.args) if x.op in ("add", "sub") else None


def factor(x, random):
    if x.op in ("name", "mul", "matmul", "sum", "div"):
        return T.binary("mul", num(random.choice((2, Fraction(1, 2), 3, Fraction(1000001, 1000000), -1))), x)
    return None


def missing_factor(x, random):
    if x.op == "mul":
        kept = [a for a in x.args if a.shape == x.shape]
        return random.choice(kept) if kept else None
    return None


def missing_term(x, random):
    if x.op in ("add", "sub"):
        kept = [a for a in x.args if a.shape == x.shape]
        return random.choice(kept) if kept else None
    return None


def other_side(x, random):
    """The mask of the other side."""
    other = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}.get(x.op)
    if other:
        return relation(other, *x.args)
    return call("step", neg(x.args[0])) if x.op == "step" else None


def mask_everywhere(x, random):
    return T.binary("add", T.binary("mul", num(0), x), num(1)) if x.op in ("gt", "lt", "step", "eq") else None


def threshold(x, random):
    """A condition that is met a little later."""
    shift = num(random.choice((Fraction(1, 1000), 1, Fraction(-1, 100), 1000, Fraction(1, 10 ** 6))))
    if x.op in ("gt", "lt", "ge", "le"):
        return relation(x.op, x.args[0], add(x.args[1], shift))
    return relation("gt", x.args[0], shift) if x.op == "step" else None


def number(x, random):
    if x.op == "num":
        other = Fraction(x.extra) + random.choice((1, -1, Fraction(1, 10), Fraction(1, 10 ** 9)))
        return num(other) if other else None        # a division by a literal 0 is no claim but an error
    return None


def exponent(x, random):
    return power(x.args[0], Fraction(x.extra) + random.choice((1, -1))) if x.op == "pow" else None


def transposed(x, random):
    if x.rank == 2 and x.shape[0] == x.shape[1]:
        return x.args[0] if x.op == "T" else T.transpose(x)
    return None


def mean_for_sum(x, random):
    other = {"sum": "mean", "mean": "sum"}.get(x.op)
    return T.Term(other, x.args, x.extra, x.shape) if other else None


def other_function(x, random):
    other = {
    "sin": "cos",
    "cos": "sin",
    "cosh": "sinh",
    "sinh": "cosh",
    "tanh": "sigmoid",
    "sigmoid": "tanh",
    "relu": "abs",
    "abs": "relu",
    "sign": "step",
    "step": "sign",
    "maximum": "minimum",
    "minimum": "maximum",
    "tril": "triu",
    "triu": "tril",
    "exp": "expm1"}.get(
        x.op)
    return T.Term(other, x.args, x.extra, x.shape) if other else None


def reversed_roll(x, random):
    if x.op == "roll":
        shift, _, axis = x.extra.partition(", ")
        return T.Term("roll", x.args, f"{-int(shift)}, {axis}", x.shape)
    return x.args[0] if x.op == "flip" else None


def one_entry(x, random):
    """Off in one entry alone."""
    if x.op in ("mul", "sub", "matmul") and x.rank == 1 and all(s.text.isdigit()
                for s in x.shape) and x.shape[0].value > 1:
        n = x.shape[0].value
        only = call("eye", extra=str(n), shape=(x.shape[0], x.shape[0]))
        return add(x, T.part(only, str(random.randrange(n)), x.shape))
    return None


def tiny(x, random):
    reads_a_value = any(word[0].islower() for word in T.names(x))     # and not sizes alone
    if x.op in ("name", "mul", "add") and reads_a_value:
        return T.binary("add", x, T.name(random.choice(("1e-9", "1e-30", "1e-300", "1e12"))))
    return None


def constant(x, random):
    """A number for what is only a number on average, or for one kind of a matrix."""
    if x.op in ("det", "sum", "diag"):
        return T.binary("add", T.binary("mul", num(0), x), num(random.choice((1, -1, 2))))
    return None


def soft_step(x, random):
    """Off by what is far below every digit except on one side."""
    if x.op in ("mul", "matmul", "sum", "exp") and not x.shape:
        return add(x, call("sigmoid", mul(num(1000), sub(x, num(random.randint(1, 9))))))
    return None


def swapped_branches(x, random):
    if x.op == "where":
        return call("where", x.args[0], x.args[2], x.args[1])
    return None


SLIPS = [
    sign,
    plus_for_minus,
    factor,
    missing_factor,
    missing_factor,
    missing_term,
    missing_term,
    other_side,
    mask_everywhere,
    threshold,
    threshold,
    number,
    exponent,
    transposed,
    mean_for_sum,
    other_function,
    reversed_roll,
    one_entry,
    tiny,
     swapped_branches]
