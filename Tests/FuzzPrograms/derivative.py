"""Cotangents of terms by textbook rules, written down here once more and by themselves.

`pull(term, g, into)` adds to `into` what every name in the term gets where the term itself gets `g`."""
from fractions import Fraction

import terms as T
from terms import add, call, div, mul, neg, num, power, relation, sub

SELU_SCALE, SELU_ALPHA = "1.0507009873554804934193349852946", "1.6732632423543772848170429916717"


def pull(term, g, into, wanted):
    """`wanted` are the names that have a gradient."""
    if not T.names(term) & wanted:
        return
    if term.op == "name":
        into.setdefault(term.extra, []).append(g)
        return
    for arg, cotangent in RULES[term.op](term, g, *term.args):
        pull(arg, cotangent, into, wanted)


def fit(g, arg):
    """A cotangent of a broadcast result summed back to its operand's shape."""
    extra = g.rank - arg.rank
    if extra > 0:
        g = T.total(g, range(extra))
    axes = [i for i, (own, seen) in enumerate(zip(arg.shape, g.shape)) if own != seen]
    if axes:
        g = T.total(g, axes, keepdims=True)
    return g


def spread(g, shape):
    """A cotangent laid out over a larger shape."""
    return g if g.shape == tuple(shape) else call("broadcast_to", g, shape=shape)


def elementwise(slope):
    """A function of one argument with slope(x, y), y the result."""
    return lambda term, g, x: [(x, mul(g, slope(x, term)))]


def step(x):
    return call("step", x)


def bounds(term):
    """The numbers of clip(x, lo, hi), written as extra text."""
    return [num(Fraction(part)) for part in term.extra.split(", ")]


def logistic(x):
    return call("sigmoid", x)


SLOPES = {
    "exp": lambda x, y: y,
    "log": lambda x, y: div(num(1), x),
    "log1p": lambda x, y: div(num(1), add(num(1), x)),
    "expm1": lambda x, y: call("exp", x),
    "sqrt": lambda x, y: div(num(1), mul(num(2), y)),
    "rsqrt": lambda x, y: neg(div(y, mul(num(2), x))),
    "sin": lambda x, y: call("cos", x),
    "cos": lambda x, y: neg(call("sin", x)),
    "tan": lambda x, y: add(num(1), power(y, 2)),
    "asin": lambda x, y: div(num(1), call("sqrt", sub(num(1), power(x, 2)))),
    "acos": lambda x, y: neg(div(num(1), call("sqrt", sub(num(1), power(x, 2))))),
    "atan": lambda x, y: div(num(1), add(num(1), power(x, 2))),
    "sinh": lambda x, y: call("cosh", x),
    "cosh": lambda x, y: call("sinh", x),
    "tanh": lambda x, y: sub(num(1), power(y, 2)),
    "sigmoid": lambda x, y: mul(y, sub(num(1), y)),
    "softplus": lambda x, y: logistic(x),
    "silu": lambda x, y: mul(logistic(x), add(num(1), mul(x, sub(num(1), logistic(x))))),
    "erf": lambda x, y: div(mul(num(2), call("exp", neg(power(x, 2)))), T.name("sqrt(pi)")),
    "gelu": lambda x, y: add(
        div(add(num(1), call("erf", div(x, T.name("sqrt(2)")))), num(2)),
        div(mul(x, call("exp", neg(div(power(x, 2), num(2))))), T.name("sqrt(2 * pi)"))),
    "relu": lambda x, y: step(x),
    "abs": lambda x, y: call("sign", x),
    "step": lambda x, y: num(0),
    "sign": lambda x, y: num(0),
    "leaky_relu": lambda x, y: call("where", relation("gt", x, num(0)), num(1), num(Fraction(y.extra))),
    "elu": lambda x, y: call("where", relation("gt", x, num(0)), num(1), call("exp", x)),
    "selu": lambda x, y: call("where", relation("gt", x, num(0)), T.name(SELU_SCALE),
                              mul(T.name(f"{SELU_SCALE} * {SELU_ALPHA}"), call("exp", x))),
    "hardtanh": lambda x, y: mul(relation("gt", x, num(-1)), relation("lt", x, num(1))),
    "clip": lambda x, y: mul(relation("gt", x, bounds(y)[0]), relation("lt", x, bounds(y)[1])),
}


def rule_add(term, g, a, b):
    return [(a, fit(g, a)), (b, fit(g, b))]


def rule_sub(term, g, a, b):
    return [(a, fit(g, a)), (b, fit(neg(g), b))]


def rule_mul(term, g, a, b):
    return [(a, fit(mul(g, b), a)), (b, fit(mul(g, a), b))]


def rule_div(term, g, a, b):
    return [(a, fit(div(g, b), a)), (b, fit(neg(div(mul(g, a), power(b, 2))), b))]


def rule_pow(term, g, x):
    n = Fraction(term.extra)
    lower = x if n == 2 else num(1) if n == 1 else power(x, n - 1)
    return [(x, mul(mul(g, num(n)), lower))]


def rule_extremum(op):
    other = {"gt": "lt", "lt": "gt"}[op]
    return lambda term, g, a, b: [(a, fit(mul(g, relation(op, a, b)), a)), (b, fit(mul(g, relation(other, a, b)), b))]


def rule_where(term, g, c, a, b):
    zero = num(0)
    return [(a, fit(call("where", c, g, zero), a)), (b, fit(call("where", c, zero, g), b))]


def axes_of(term):
    """The axes of a reduction, and whether it keeps them."""
    if not term.extra:
        return tuple(range(term.args[0].rank)), False
    text = term.extra.removeprefix("axis=").partition(", keepdims")[0].strip("()")
    return tuple(int(word) for word in text.split(",")), "keepdims" in term.extra


def kept(g, term):
    """A reduction's cotangent or result with the axes that were dropped, of size 1."""
    axes, keeps = axes_of(term)
    if keeps or not term.extra:
        return g
    return T.reshape(g, [T.ONE_SIZE if i in axes else s for i, s in enumerate(term.args[0].shape)])


def count(term):
    """The number of entries that a reduction takes together."""
    sizes = [term.args[0].shape[axis] for axis in axes_of(term)[0]]
    factors = [num(s.value) if s.text.isdigit() else T.name(f"({s.text})" if " " in s.text else s.text) for s in sizes]
    result = num(1)
    for factor in factors:
        result = mul(result, factor)
    return result


def keeping(term):
    """The same reduction with its axes kept."""
    axes, _ = axes_of(term)
    return T.total(term.args[0], axes, True, term.op) if term.extra else term


def rule_sum(term, g, x):
    return [(x, spread(kept(g, term), x.shape))]


def rule_mean(term, g, x):
    return [(x, spread(div(kept(g, term), count(term)), x.shape))]


def rule_max(term, g, x):
    return [(x, mul(kept(g, term), relation("eq", x, keeping(term))))]


def rule_var(term, g, x):
    centered = sub(x, T.total(x, axes_of(term)[0], True, "mean"))
    return [(x, mul(kept(g, term), div(mul(num(2), centered), count(term))))]


def rule_std(term, g, x):
    centered = sub(x, T.total(x, axes_of(term)[0], True, "mean"))
    return [(x, mul(kept(g, term), div(centered, mul(count(term), keeping(term)))))]


def rule_logsumexp(term, g, x):
    return [(x, mul(kept(g, term), call("exp", sub(x, keeping(term)))))]


def rule_norm2(term, g, x):
    return [(x, mul(kept(g, term), div(x, keeping(term))))]


def rule_norm1(term, g, x):
    return [(x, mul(kept(g, term), call("sign", x)))]


def rule_prod(term, g, x):
    """Each entry gets the product of the others: of a vector of two or three."""
    n = x.shape[0].value
    entries = [T.part(x, str(i), x.shape[1:]) for i in range(n)]
    slopes = []
    for i in range(n):
        others = num(1)
        for j in range(n):
            others = others if j == i else mul(others, entries[j])
        slopes.append(mul(g, others) if n > 1 else g)
    return [(x, Term_stack(slopes, x.shape))]


def Term_stack(slices, shape):
    return T.Term("stack", tuple(slices), "axis=0", tuple(shape))


def rule_matmul(term, g, a, b):
    if a.rank == 1 and b.rank == 1:
        return [(a, mul(g, b)), (b, mul(g, a))]
    if a.rank == 1:
        return [(a, T.matmul(b, g)), (b, call("outer", a, g, shape=b.shape))]
    if b.rank == 1:
        return [(a, call("outer", g, b, shape=a.shape)), (b, T.matmul(T.transpose(a), g))]
    left, right = T.matmul(g, T.swap_last(b)), T.matmul(T.swap_last(a), g)
    return [(a, fit(left, a)), (b, fit(right, b))]


def rule_outer(term, g, a, b):
    return [(a, T.matmul(g, b)), (b, T.matmul(T.transpose(g), a))]


def rule_einsum(term, g, a, b):
    inputs, result = term.extra.split("->")
    left, right = inputs.split(",")
    return [(a, call("einsum", g, b, extra=f"{result},{right}->{left}", shape=a.shape)),
            (b, call("einsum", g, a, extra=f"{result},{left}->{right}", shape=b.shape))]


def inverse(x):
    return call("inv", x)


def rule_inv(term, g, x):
    t = T.transpose(inverse(x))
    return [(x, neg(T.matmul(T.matmul(t, g), t)))]


def rule_det(term, g, x):
    return [(x, mul(mul(g, term), T.transpose(inverse(x))))]


def rule_logdet(term, g, x):
    return [(x, mul(g, T.transpose(inverse(x))))]


def rule_solve(term, g, a, b):
    back = call("solve", T.transpose(a), g, shape=b.shape)
    product = call("outer", back, term, shape=a.shape) if b.rank == 1 else T.matmul(back, T.transpose(term))
    return [(a, neg(product)), (b, back)]


def rule_trace(term, g, x):
    return [(x, mul(g, call("eye", extra=x.shape[0].text, shape=x.shape)))]


def rule_diag(term, g, x):
    return [(x, call("diag", g, shape=x.shape))]


def rule_triangle(term, g, x):
    return [(x, call(term.op, g, extra=term.extra))]


def rule_softmax(term, g, x):
    axis = int(term.extra.removeprefix("axis=") or -1) % x.rank
    return [(x, mul(term, sub(g, T.total(mul(g, term), [axis], True))))]


def rule_log_softmax(term, g, x):
    axis = int(term.extra.removeprefix("axis=") or -1) % x.rank
    return [(x, sub(g, mul(call("softmax", x, extra=term.extra), T.total(g, [axis], True))))]


def rule_reshape(term, g, x):
    return [(x, T.reshape(g, x.shape))]


def rule_permute(term, g, x):
    axes = [int(a) for a in term.extra.split(", ")]
    back = ", ".join(str(axes.index(i)) for i in range(len(axes)))
    return [(x, call("permute", g, extra=back, shape=x.shape))]


def rule_flip(term, g, x):
    return [(x, call("flip", g, extra=term.extra))]


def rule_roll(term, g, x):
    shift, _, axis = term.extra.partition(", ")
    return [(x, call("roll", g, extra=f"{-int(shift)}, {axis}"))]


def rule_pad(term, g, x):
    """A slice that takes away what was added."""
    pairs = eval(term.extra)
    index = ", ".join(f"{a}:{-b if b else ''}" if a or b else ":" for a, b in pairs)
    return [(x, T.part(g, index, x.shape))]


def rule_part(term, g, x):
    """Zeros around a slice, or along an axis that an entry was taken of. Of each index only literal ends occur."""
    pairs, shape = [], []
    for axis, word in enumerate((term.extra + ", :" * x.rank).split(", ")[:x.rank]):
        extent = x.shape[axis].value
        low, colon, high = word.partition(":")
        first = int(low or 0)
        last = (int(high) if high else extent) if colon else first + 1
        last += extent if last < 0 else 0
        pairs.append((first, extent - last))
        shape.append(T.Size(str(last - first), last - first) if colon and word !=
                     ":" else x.shape[axis] if colon else T.ONE_SIZE)
    return [(x, call("pad", T.reshape(g, shape), extra=str(tuple(pairs)), shape=x.shape))]


def rule_concat(term, g, *parts):
    axis, start, found = int(term.extra.removeprefix("axis=")), 0, []
    for one in parts:
        stop = start + one.shape[axis].value
        found.append((one, T.part(g, ", ".join([":"] * axis + [f"{start}:{stop}"]), one.shape)))
        start = stop
    return found


def rule_stack(term, g, *parts):
    return [(one, T.part(g, str(i), one.shape)) for i, one in enumerate(parts)]


def rule_transpose(term, g, x):
    return [(x, T.transpose(g))]


def rule_swap(term, g, x):
    return [(x, T.swap_last(g))]


def nothing(term, g, *args):
    return []


RULES = {
    **{function: elementwise(slope) for function, slope in SLOPES.items()},
    **{op: nothing for op in (*T.RELATIONS, "eye", "zeros", "ones", "num")},
    "add": rule_add, "sub": rule_sub, "mul": rule_mul, "div": rule_div, "pow": rule_pow,
    "neg": lambda term, g, x: [(x, neg(g))], "maximum": rule_extremum("gt"), "minimum": rule_extremum("lt"),
    "where": rule_where, "sum": rule_sum, "mean": rule_mean, "max": rule_max, "min": rule_max, "var": rule_var,
    "std": rule_std, "logsumexp": rule_logsumexp, "norm2": rule_norm2, "norm1": rule_norm1, "prod": rule_prod,
    "matmul": rule_matmul, "dot": rule_matmul, "outer": rule_outer, "einsum": rule_einsum, "inv": rule_inv,
    "det": rule_det,
    "logdet": rule_logdet, "solve": rule_solve, "trace": rule_trace, "diag": rule_diag, "tril": rule_triangle,
    "triu": rule_triangle, "softmax": rule_softmax, "log_softmax": rule_log_softmax, "reshape": rule_reshape,
    "permute": rule_permute, "flip": rule_flip, "roll": rule_roll, "pad": rule_pad, "part": rule_part,
    "concat": rule_concat, "stack": rule_stack, "T": rule_transpose, "mT": rule_swap,
    "broadcast_to": lambda term, g, x: [(x, fit(g, x))],
}
