"""Forward statements of every kind. A builder takes a draft and gives a line, or nothing where none fits."""
from fractions import Fraction

import builder_layers
import builder_windows
import terms as T
from draft import Line, product
from terms import Size, add, call, div, mul, neg, num, power, relation, sub


def line(draft, term, *kinds):
    return Line(draft.fresh_name(), term.shape, term, kinds=set(kinds))


def companion(draft, a, other_than=None):
    """A tensor that broadcasts against another one without making it larger."""
    def fits(other):
        if other.extra == other_than:
            return False
        try:
            return T.broadcast(a.shape, other.shape) == a.shape
        except ValueError:
            return False
    return draft.pick(fits) or draft.number()


# ---------------------------------------------------------------- rational, without masks

def arithmetic(draft):
    a = draft.pick()
    b, c = companion(draft, a), draft.number()
    return line(draft, draft.random.choice((
        lambda: T.binary("mul", a, b), lambda: add(a, mul(c, b)), lambda: sub(power(a, 2), b),
        lambda: mul(c, power(a, 3)),
        lambda: div(a, add(num(1), power(b, 2))), lambda: mul(sub(a, c), add(b, num(1))),
        lambda: neg(T.binary("mul", a, b)),
        lambda: div(add(a, b), num(3))))())


def reduction(draft):
    a = draft.pick(lambda t: t.rank > 0)
    if a is None:
        return None
    function = draft.random.choice(("sum", "mean", "var", "sum"))
    axes = None if draft.random.random() < 0.4 else [draft.random.randrange(a.rank)]
    inner = draft.random.choice((a, power(a, 2), T.binary("mul", a, companion(draft, a))))
    keep = draft.random.random() < 0.4
    return line(draft, T.total(inner, axes, keep and axes is not None, function))


def small_product(draft):
    a = draft.pick(lambda t: t.rank in (1, 2) and t.shape[0].text.isdigit() and t.shape[0].value <= 3)
    if a is None:
        return None
    if a.rank == 1:
        return line(draft, call("prod", a, shape=()))
    return line(draft, T.total(a, [0], False, "prod"))


def matrix_product(draft):
    a = draft.pick(lambda t: t.rank == 2)
    if a is None:
        return None
    b = draft.pick(lambda t: t.rank in (1, 2) and t.shape[0] == a.shape[1])
    choices = [lambda: T.matmul(a, T.transpose(a)), lambda: T.matmul(T.transpose(a), a)]
    if b is not None:
        choices += [lambda: T.matmul(a, b)] * 4
        if b.rank == 2:
            choices.append(lambda: call("einsum", a, b, extra="ij,jk->ki", shape=(b.shape[1], a.shape[0])))
    return line(draft, draft.random.choice(choices)())


def vector_product(draft):
    a, b = draft.pick(lambda t: t.rank == 1), draft.pick(lambda t: t.rank == 1)
    if a is None:
        return None
    if a.shape == b.shape and draft.random.random() < 0.5:
        return line(draft, call("dot", a, b, shape=()))
    return line(draft, call("outer", a, b, shape=a.shape + b.shape))


def matrix_function(draft):
    a = draft.pick(lambda t: t.rank == 2 and t.shape[0] == t.shape[1] and t.shape[0].value <= 3)
    if a is None:
        return None
    n = a.shape[0]
    eye = call("eye", extra=n.text, shape=a.shape)
    safe = add(T.matmul(a, T.transpose(a)), eye)
    b = draft.pick(lambda t: t.rank in (1, 2) and t.shape[0] == n)
    regular = a if any(w in draft.words_of(a.extra) for w in ("spd", "nonsingular", "orthogonal")) else safe
    choices = [lambda: call("trace", T.matmul(a, a), shape=()), lambda: call("det", a, shape=()),
               lambda: call("inv", regular), lambda: call("diag", a, shape=(n,)), lambda: call("trace", a, shape=()),
               lambda: call("logdet", safe, shape=()), lambda: call(draft.random.choice(("tril", "triu")), a)]
    if b is not None:
        choices.append(lambda: call("solve", regular, b, shape=b.shape))
    return line(draft, draft.random.choice(choices)())


# ---------------------------------------------------------------- shapes

def movement(draft):
    a = draft.pick(lambda t: t.rank > 0)
    if a is None:
        return None
    axis = draft.random.randrange(a.rank)
    choices = [lambda: call("flip", a, extra=f"axis={axis}"), lambda: call(
        "roll", a, extra=f"{draft.random.choice((1, -1, 2))}, axis={axis}")]
    if a.rank == 2:
        choices += [lambda: T.transpose(a), lambda: T.reshape(a, (a.shape[1], a.shape[0]))]
    if a.rank == 3:
        choices.append(lambda: call("permute", a, extra="2, 0, 1", shape=(a.shape[2], a.shape[0], a.shape[1])))
    b = draft.pick(lambda t: t.shape == a.shape)
    choices.append(lambda: call("stack", a, b, extra="axis=0", shape=(Size("2", 2),) + a.shape))
    n = a.shape[0]
    if n.text.isdigit():
        choices.append(lambda: call("concat", a, b, extra="axis=0", shape=(
            Size(str(2 * n.value), 2 * n.value),) + a.shape[1:]))
        if n.value > 1:
            less = Size(str(n.value - 1), n.value - 1)
            choices += [lambda: T.part(a, "1:", (less,) + a.shape[1:]), lambda: T.part(a, ":-1", (less,) + a.shape[1:]),
                        lambda: T.part(a, str(n.value - 1), a.shape[1:])]
    return line(draft, draft.random.choice(choices)())


# ---------------------------------------------------------------- views that read outside

def padded(draft, a):
    pairs = [
    (draft.random.randint(
        0, 1), draft.random.randint(
            0, 1)) if i == 0 or draft.random.random() < 0.5 else (
                0, 0) for i in range(
                    a.rank)]
    if not any(map(any, pairs)):
        pairs[0] = (1, 0)
    shape = [Size(str(s.value + sum(p)), s.value + sum(p)) if s.text.isdigit()
                  else Size(f"{s.text} + {sum(p)}", s.value + sum(p)) if sum(p) else s for s, p in zip(a.shape, pairs)]
    return call("pad", a, extra=str(tuple(pairs)), shape=shape)


def padding(draft):
    a = draft.pick(lambda t: t.rank in (1, 2))
    if a is None:
        return None
    inner = draft.random.choice((a, power(a, 2), add(a, num(1)), call("step", a), call("relu", a)))
    outer = padded(draft, inner)
    kinds = {"outside"} | ({"mask"} if inner.op in ("step", "relu") else set())
    return line(draft, draft.random.choice((outer, add(outer, num(1)), power(outer, 2), sub(num(2), outer))), *kinds)


def indexed(draft):
    """An index statement whose accesses leave their tensors."""
    a = draft.pick(lambda t: t.rank in (1, 2))
    if a is None:
        return None
    b = draft.pick(lambda t: t.rank == 1 and t.shape[0] in a.shape)
    letters = "ij"[:a.rank]
    shift = [draft.random.choice((-1, 0, 1, 1)) for _ in letters]
    scale = draft.random.choice((1, 1, 1, 2))
    reads = [coordinate(1, letter, s) for letter, s in zip(letters, shift)]
    target = [coordinate(scale if place == 0 else 1, letter, 0) for place, letter in enumerate(letters)]
    factors = [(a.extra, reads)]
    if b is not None and draft.random.random() < 0.6:
        letter = letters[a.shape.index(b.shape[0])]
        factors.append((b.extra, [coordinate(1, letter, draft.random.choice((0, 0, 1, -1)))]))
    if draft.random.random() < 0.4:
        factors.append((a.extra, list(letters)))
    return statement(draft, a.shape, target, factors, "outside", "index")


def coordinate(factor, letter, shift):
    scaled = letter if factor == 1 else f"{factor}*{letter}"
    return scaled if shift == 0 else f"{scaled}{shift:+d}"


def statement(draft, shape, target, factors, *kinds):
    """The line `z[target] += product of factors` with its adjoints."""
    name = draft.fresh_name()
    accesses = [f"{operand}[{','.join(at)}]" for operand, at in factors]
    shown = [f"{name}: {T.shape_text(shape)}", f"{name}[{','.join(target)}] += {' * '.join(accesses)}"]
    adjoints = []
    for place, (operand, at) in enumerate(factors):
        others = accesses[:place] + accesses[place + 1:]
        adjoints.append((operand, ",".join(at), " * ".join([f"d{name}[{','.join(target)}]", *others])))
    return Line(name, tuple(shape), None, shown, adjoints, set(kinds))


# ---------------------------------------------------------------- masks

def mask_unary(draft):
    a = draft.pick()
    values = list(draft.value(a).flat)
    at = draft.random.choice(values)
    low, high = draft.below(at), draft.above(at)
    shifted = draft.random.choice((a, sub(a, num(low)), sub(num(high), a), mul(num(3), a)))
    b = companion(draft, a)
    return masked_line(
    draft, draft.random.choice(
        ( lambda: call(
            "relu", shifted), lambda: call(
                "abs", shifted), lambda: call(
                    "clip", a, extra=f"{decimal(low)}, {decimal(high)}"), lambda: call(
                        "leaky_relu", shifted, extra="0.1"), lambda: call(
                            "hardtanh", shifted), lambda: T.binary(
                                "mul", b, call(
                                    "sign", shifted)) if T.broadcast(
                                        a.shape, b.shape) == a.shape else call(
                                            "relu", a), lambda: sub(
                                                call(
                                                    "relu", sub(
                                                        a, num(low))), call(
                                                            "relu", sub(
                                                                a, num(high)))), lambda: T.binary(
                                                                    "mul", a, call(
                                                                        "step", shifted)), lambda: power(
                                                                            call(
                                                                                "relu", shifted), 2)))(), a)


def decimal(value):
    return T.decimal_text(Fraction(value)) or str(value)


def mask_binary(draft):
    a = draft.pick()
    b = companion(draft, a, a.extra)
    return masked_line(draft, draft.random.choice((
        lambda: call("maximum", a, b), lambda: call("minimum", a, b),
        lambda: T.binary("mul", power(a, 2), draft.entrywise_condition(a)),
        lambda: call("where", draft.entrywise_condition(a), a, mul(num(2), b)),
        lambda: call("where", relation("gt", a, b), power(a, 2), T.binary("mul", a, b)),
        lambda: call("maximum", a, num(draft.below(draft.random.choice(list(draft.value(a).flat)))))))(), a)


def masked_line(draft, term, a):
    nested = any(line.name == a.extra and "mask" in line.kinds for line in draft.lines) or depth(term) > 1
    return line(draft, term, "mask", *(["nested"] if nested else []))


MASKING = {
    "relu",
    "abs",
    "clip",
    "leaky_relu",
    "hardtanh",
    "sign",
    "step",
    "maximum",
    "minimum",
    "where",
    "gt",
    "lt",
    "ge",
    "le",
    "eq",
    "max",
     "min"}


def depth(term):
    """How many masks stand inside each other."""
    return (term.op in MASKING) + max(map(depth, term.args), default=0)


def gate(draft):
    """A tensor behind several conditions that all hold at the point."""
    a = draft.pick()
    gates = draft.conditions(draft.random.randint(2, 4))
    b = companion(draft, a)
    term = draft.random.choice((
        lambda: T.binary("mul", power(a, 2), product(gates)), lambda: add(b, T.binary("mul", a, product(gates))),
        lambda: call("where", product(gates), T.binary("mul", a, b), a),
        lambda: T.binary("mul", a, sub(num(1), product(gates))),
        lambda: call("where", gates[0], call("where", product(gates[1:]), a, mul(num(2), a)), mul(num(3), a))))()
    if T.broadcast(a.shape, b.shape) != a.shape or term.shape != a.shape:
        term = T.binary("mul", a, product(gates))
    return line(draft, term, "mask", "nested", "joint")


def product_of_relus(draft):
    a = draft.pick(lambda t: t.rank == 1 and t.shape[0].text.isdigit() and 2 <= t.shape[0].value <= 3)
    if a is None:
        return None
    low = min(draft.below(v) for v in draft.value(a).flat)
    return line(draft, call("prod", call("relu", sub(a, num(low))), shape=()), "mask", "nested", "joint")


def extremum(draft):
    a = draft.pick(lambda t: t.rank > 0)
    if a is None:
        return None
    axes = None if draft.random.random() < 0.4 else [draft.random.randrange(a.rank)]
    keep = axes is not None and draft.random.random() < 0.5
    return masked_line(draft, T.total(a, axes, keep, draft.random.choice(("max", "min"))), a)


# ---------------------------------------------------------------- functions that leave the rationals

def transcendental(draft):
    a = draft.pick()
    small = div(a, num(4))
    square = add(num(1), power(a, 2))
    function = draft.random.choice(
    ("exp",
    "sigmoid",
    "tanh",
    "softplus",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "atan",
    "erf",
    "gelu",
    "silu",
    "elu",
     "expm1"))
    choices = [lambda: call(function, small)] * 4 + [
        lambda: call(draft.random.choice(("log", "sqrt", "rsqrt")), square), lambda: call("log1p", power(a, 2)),
        lambda: call(draft.random.choice(("asin", "acos")), div(a, add(num(2), power(a, 2))))]
    kinds = {"transcendental"}
    if function in ("elu", "selu"):
        kinds.add("mask")
    return line(draft, draft.random.choice(choices)(), *kinds)


def normalizing(draft):
    a = draft.pick(lambda t: t.rank > 0 and t.shape[-1].value > 1)
    if a is None:
        return None
    small, axis = div(a, num(3)), a.rank - 1
    return line(draft, draft.random.choice((
        lambda: call("softmax", small, extra=f"axis={axis}"), lambda: call("log_softmax", small, extra=f"axis={axis}"),
        lambda: T.total(small, [axis], draft.random.random() < 0.5, "logsumexp"),
        lambda: T.total(a, [axis], True, "std"), lambda: call("norm2", a, shape=())))(), "transcendental")


FAMILIES = {
    "smooth": (arithmetic, arithmetic, reduction, small_product),
    "matrix": (matrix_product, vector_product, matrix_function, matrix_product),
    "shape": (movement,),
    "outside": (padding, indexed, indexed, *builder_windows.WINDOWS),
    "mask": (mask_unary, mask_unary, mask_binary, gate, gate, product_of_relus, extremum,
             *builder_layers.MASKS),
    "layer": builder_layers.LAYERS,
    "transcendental": (transcendental, transcendental, normalizing),
}
