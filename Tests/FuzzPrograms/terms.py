"""Expressions as trees with shapes: what programs and claims are made of before they are text."""
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Size:
    """An extent: how it is written, and its number."""
    text: str
    value: int


ONE_SIZE = Size("1", 1)


@dataclass(frozen=True)
class Term:
    """A node. `op` is a name, an operator or a function; `extra` is text that belongs to it, such as `axis=0`."""
    op: str
    args: tuple = ()
    extra: str = ""
    shape: tuple = ()

    def with_args(self, args):
        return Term(self.op, tuple(args), self.extra, self.shape)

    @property
    def rank(self):
        return len(self.shape)


RELATIONS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "=="}
OPERATORS = {"add": ("+", 2), "sub": ("-", 2), "mul": ("*", 3), "div": ("/", 3), "matmul": ("@", 3)}


def name(text, shape=()):
    return Term("name", (), text, tuple(shape))


def num(value):
    return Term("num", (), str(Fraction(value)))


def is_num(term, value=None):
    return term.op == "num" and (value is None or Fraction(term.extra) == value)


def broadcast(a, b):
    """The shape of an elementwise operation."""
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    shorter = (ONE_SIZE,) * (len(longer) - len(shorter)) + tuple(shorter)
    result = []
    for one, other in zip(longer, shorter):
        if one != other and ONE_SIZE not in (one, other):
            raise ValueError(f"{a} against {b}")
        result.append(other if one == ONE_SIZE else one)
    return tuple(result)


def binary(op, a, b):
    return Term(op, (a, b), "", broadcast(a.shape, b.shape))


def add(a, b):
    return b if is_num(a, 0) and not a.shape and b.shape == broadcast(a.shape, b.shape) else binary("add", a, b)


def sub(a, b):
    return binary("sub", a, b)


def mul(a, b):
    if is_num(b, 1):
        return a
    return b if is_num(a, 1) else binary("mul", a, b)


def div(a, b):
    return binary("div", a, b)


def neg(a):
    return Term("neg", (a,), "", a.shape)


def power(a, exponent):
    return Term("pow", (a,), str(exponent), a.shape)


def relation(op, a, b):
    return binary(op, a, b)


def call(function, *args, extra="", shape=None):
    """A function; elementwise where no shape is given."""
    if shape is None:
        shape = args[0].shape
        for other in args[1:]:
            shape = broadcast(shape, other.shape)
    return Term(function, tuple(args), extra, tuple(shape))


def total(a, axes=None, keepdims=False, function="sum"):
    """A reduction over some axes, or all."""
    if axes is None:
        return call(function, a, shape=())
    axes = tuple(sorted(axes))
    if not axes:
        return a
    shape = [ONE_SIZE if i in axes else s for i, s in enumerate(a.shape) if keepdims or i not in axes]
    extra = f"axis={axes[0] if len(axes) == 1 else axes}" + (", keepdims=True" if keepdims else "")
    return call(function, a, extra=extra, shape=shape)


def reshape(a, shape):
    return a if tuple(shape) == a.shape else Term("reshape", (a,), "", tuple(shape))


def transpose(a):
    return a.args[0] if a.op == "T" else Term("T", (a,), "", tuple(reversed(a.shape)))


def swap_last(a):
    if a.rank == 2:
        return transpose(a)
    return Term("mT", (a,), "", a.shape[:-2] + (a.shape[-1], a.shape[-2]))


def matmul(a, b):
    if a.rank == 1 and b.rank == 1:
        shape = ()
    elif a.rank == 1:
        shape = b.shape[:-2] + b.shape[-1:]
    elif b.rank == 1:
        shape = a.shape[:-1]
    else:
        shape = (a.shape if a.rank > 2 else b.shape)[:-2] + (a.shape[-2], b.shape[-1])
    return Term("matmul", (a, b), "", shape)


def part(a, index, shape):
    """A slice; `index` is its text."""
    return Term("part", (a,), index, tuple(shape))


def extents(shape):
    return ", ".join(s.text for s in shape)


def shape_text(shape):
    return f"[{extents(shape)}]"


def tuple_text(shape):
    return f"({extents(shape)}{',' if len(shape) == 1 else ''})"


def text(term, level=0):
    """The term in the expression language. `level` is how tightly what stands around it binds."""
    if term.op == "name":
        return term.extra
    if term.op == "num":
        return number_text(Fraction(term.extra), level)
    if term.op == "neg":
        return bracketed(f"-{text(term.args[0], 4)}", 3, level)
    if term.op in OPERATORS:
        sign, own = OPERATORS[term.op]
        left, right = term.args
        return bracketed(f"{text(left, own)} {sign} {text(right, own + 1)}", own, level)
    if term.op in RELATIONS:
        left, right = term.args
        return bracketed(f"{text(left, 2)} {RELATIONS[term.op]} {text(right, 2)}", 0, max(level, 1))
    if term.op == "pow":
        exponent = term.extra if "/" not in term.extra and not term.extra.startswith("-") else f"({term.extra})"
        return bracketed(f"{text(term.args[0], 6)}**{exponent}", 5, level)
    return postfix_text(term)


def postfix_text(term):
    first = term.args[0] if term.args else None
    if term.op in ("T", "mT"):
        return f"{text(first, 6)}.{term.op}"
    if term.op == "reshape":
        return f"{text(first, 6)}.reshape({extents(term.shape)})" if term.shape else f"sum({text(first)})"
    if term.op == "part":
        return f"{text(first, 6)}[{term.extra}]"
    if term.op in ("concat", "stack"):
        return f"{term.op}([{', '.join(map(text, term.args))}], {term.extra})"
    if term.op == "broadcast_to":
        return f"broadcast_to({text(first)}, {tuple_text(term.shape)})"
    if term.op == "einsum":
        return f'einsum("{term.extra}", {", ".join(map(text, term.args))})'
    return f"{term.op}({', '.join([*map(text, term.args), *([term.extra] if term.extra else [])])})"


def bracketed(inner, own, level):
    return f"({inner})" if own < level else inner


def number_text(value, level):
    if value.denominator == 1:
        return bracketed(str(value), 3 if value < 0 else 5, level)
    decimal = decimal_text(value)
    if decimal:
        return bracketed(decimal, 3 if value < 0 else 5, level)
    return bracketed(f"{value.numerator} / {value.denominator}", 3, max(level, 4) if level else 0)


def decimal_text(value):
    """A short finite decimal, or nothing."""
    for digits in range(1, 13):
        scaled = value * 10 ** digits
        if scaled.denominator == 1:
            sign, whole = "-" if scaled < 0 else "", abs(int(scaled))
            return f"{sign}{whole // 10 ** digits}.{whole % 10 ** digits:0{digits}d}"
    return None


def names(term):
    """The names that a term reads."""
    found, waiting = set(), [term]
    while waiting:
        node = waiting.pop()
        if node.op == "name":
            found.add(node.extra)
        waiting.extend(node.args)
    return found


def size(term):
    return 1 + sum(map(size, term.args))


def replace(term, path, new):
    """The term with the node at a path of argument numbers exchanged."""
    if not path:
        return new
    args = list(term.args)
    args[path[0]] = replace(args[path[0]], path[1:], new)
    return term.with_args(args)


def paths(term, here=()):
    """Every node with its path."""
    yield here, term
    for place, arg in enumerate(term.args):
        yield from paths(arg, here + (place,))


def substitute(term, values):
    """Names exchanged for terms."""
    if term.op == "name":
        return values.get(term.extra, term)
    return term.with_args([substitute(arg, values) for arg in term.args])
