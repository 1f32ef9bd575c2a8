"""Layers and losses by their names, differentiated by their definitions."""
from fractions import Fraction

import terms as T
from draft import Line
from terms import Size, add, call, div, mul, neg, num, power, relation, sub


def by_name(draft, shown, definition, *kinds):
    """A line that shows a function's name and is differentiated by what the function means."""
    name = draft.fresh_name()
    return Line(name, definition.shape, definition, [f"{name} = {shown}"], kinds={"layer", *kinds})


def standardized(a, axes):
    centered = sub(a, T.total(a, axes, True, "mean"))
    return div(centered, call("sqrt", add(T.total(a, axes, True, "var"), num(Fraction(1, 10)))))


def normalization(draft):
    a = draft.pick(lambda t: t.rank == 2 and min(s.value for s in t.shape) > 1)
    if a is None:
        return None
    if draft.random.random() < 0.5:
        return by_name(draft, f"layer_norm({a.extra}, eps=0.1)", standardized(a, [1]), "transcendental")
    return by_name(draft, f"batch_norm({a.extra}, eps=0.1)", standardized(a, [0]), "transcendental")


def channel_normalization(draft):
    """Each channel of each sequence by itself, as two layers say it."""
    a = draft.pick(lambda t: t.rank == 3 and t.shape[2].value > 1 and t.shape[1].text.isdigit())
    if a is None:
        return None
    channels = a.shape[1].text
    shown = draft.random.choice((f"instance_norm({a.extra}, eps=0.1)", f"group_norm({a.extra}, {channels}, eps=0.1)"))
    return by_name(draft, shown, standardized(a, [2]), "transcendental")


def dense(draft):
    a = draft.pick(lambda t: t.rank == 2)
    w = draft.pick(lambda t: t.rank == 2 and a is not None and t.shape[1] == a.shape[1])
    if w is None:
        return None
    product = T.matmul(a, T.transpose(w))
    b = draft.pick(lambda t: t.shape == product.shape[1:])
    if b is not None:
        return by_name(draft, f"linear({a.extra}, {w.extra}, {b.extra})", add(product, b))
    return by_name(draft, f"linear({a.extra}, {w.extra})", product)


def loss(draft):
    a = draft.pick(lambda t: t.rank in (1, 2))
    b = draft.pick(lambda t: a is not None and t.shape == a.shape and t.extra != a.extra)
    if b is None:
        return None
    size = draft.random.random()
    if size < 0.5 or a.rank == 1:
        return by_name(draft, f"mse_loss({a.extra}, {b.extra})", call("mean", power(sub(a, b), 2), shape=()))
    inner = T.total(T.binary("mul", b, call("log_softmax", a, extra="axis=1")), [1])
    return by_name(draft, f"cross_entropy({a.extra}, {b.extra})", neg(call("mean", inner, shape=())), "transcendental")


def attention(draft):
    q = draft.pick(lambda t: t.rank == 2 and t.shape[1].text.isdigit())
    k = draft.pick(lambda t: q is not None and t.rank == 2 and t.shape[1] == q.shape[1])
    v = draft.pick(lambda t: k is not None and t.rank == 2 and t.shape[0] == k.shape[0])
    if v is None:
        return None
    scores = div(T.matmul(q, T.transpose(k)), T.name(f"sqrt({q.shape[1].text})"))
    weights = call("softmax", div(scores, num(9)), extra="axis=1")
    shown = f"attention({q.extra} / 9, {k.extra}, {v.extra})"
    return by_name(draft, shown, T.matmul(weights, v), "transcendental")


def dropout(draft):
    a = draft.pick(lambda t: t.rank > 0)
    m = draft.pick(lambda t: a is not None and t.shape == a.shape)
    if m is None:
        return None
    kept = div(T.binary("mul", a, m), num(Fraction(3, 4)))
    return by_name(draft, f"dropout_mask({a.extra}, {m.extra}, p=0.25)", kept)


def global_pooling(draft):
    a = draft.pick(lambda t: t.rank == 3)
    return a and by_name(draft, f"global_avg_pool({a.extra})", T.total(a, [2], False, "mean"))


def kronecker(draft):
    a, b = draft.pick(lambda t: t.rank == 2), draft.pick(lambda t: t.rank == 2)
    if a is None or not all(s.text.isdigit() for s in (*a.shape, *b.shape)):
        return None
    (m, n), (p, q) = a.shape, b.shape
    spread = call("einsum", a, b, extra="ij,kl->ikjl", shape=(m, p, n, q))
    rows, columns = m.value * p.value, n.value * q.value
    return by_name(draft, f"kron({a.extra}, {b.extra})",
                   T.reshape(spread, (Size(str(rows), rows), Size(str(columns), columns))))


def contraction(draft):
    a = draft.pick(lambda t: t.rank == 2)
    b = draft.pick(lambda t: a is not None and t.rank == 2 and t.shape[0] == a.shape[1])
    if b is None:
        return None
    return by_name(draft, f"tensordot({a.extra}, {b.extra}, axes=1)", T.matmul(a, b))


def rearranged(draft):
    a = draft.pick(lambda t: t.rank == 2)
    return a and by_name(draft, f'rearrange({a.extra}, "a b -> b a")', T.transpose(a))


def cross_entropy_of_bits(draft):
    p = draft.pick(lambda t: draft.words_of(t.extra) == "unit")
    t = draft.pick(lambda t: p is not None and t.shape == p.shape and t.extra != p.extra)
    if t is None or not p.shape:
        return None
    terms = add(T.binary("mul", t, call("log", p)), T.binary("mul", sub(num(1), t), call("log", sub(num(1), p))))
    return by_name(draft, f"bce({p.extra}, {t.extra})", neg(call("mean", terms, shape=())), "transcendental")


def gated(draft):
    """One step of an LSTM of one unit from a state of zeros: three gates count."""
    x = draft.pick(lambda t: t.rank == 3 and t.shape[1].value == 1)
    if x is None or len(draft.declared) > 4:
        return None
    w = draft.declare("param", (Size("4", 4), x.shape[2]))
    u = draft.declare("param", (Size("4", 4), T.ONE_SIZE))
    first = T.matmul(T.part(x, ":, 0", (x.shape[0], x.shape[2])), T.transpose(w))
    gate = [T.part(first, f":, {i}:{i + 1}", (x.shape[0], T.ONE_SIZE)) for i in range(4)]
    cell = T.binary("mul", call("sigmoid", gate[0]), call("tanh", gate[2]))
    state = T.binary("mul", call("sigmoid", gate[3]), call("tanh", cell))
    return by_name(draft, f"lstm({x.extra}, {w.extra}, {u.extra})", state, "transcendental")


def recurrent(draft):
    """Two steps of a plain cell."""
    x = draft.pick(lambda t: t.rank == 3 and t.shape[1].text == "2")
    w = draft.pick(lambda t: x is not None and t.rank == 2 and t.shape[1] == x.shape[2])
    u = draft.pick(lambda t: w is not None and t.rank == 2 and t.shape == (w.shape[0],) * 2)
    if u is None:
        return None
    at = [T.part(x, f":, {i}", (x.shape[0], x.shape[2])) for i in (0, 1)]
    first = call("tanh", T.matmul(at[0], T.transpose(w)))
    second = call("tanh", add(T.matmul(at[1], T.transpose(w)), T.matmul(first, T.transpose(u))))
    return by_name(draft, f"rnn({x.extra}, {w.extra}, {u.extra})", second, "transcendental")


def data_mask(draft):
    """Masks of what is declared as one-hot or as integers."""
    data = [d for d in draft.declared if d.words.startswith(("one_hot", "integer"))]
    if not data:
        return None
    d = draft.random.choice(data)
    k = T.name(d.name, d.shape)
    a = draft.pick(lambda t: t.shape == d.shape)
    if a is None:
        return None
    value = num(Fraction(int(draft.random.choice(list(draft.value(k).flat)))))
    term = draft.random.choice((
        lambda: call("where", relation("gt", k, num(0)), a, mul(num(2), a)),
        lambda: T.binary("mul", a, relation("eq", k, value)),
        lambda: call("where", relation("eq", k, value), power(a, 2), a),
        lambda: T.binary("mul", a, relation("ge", k, value))))()
    return Line(draft.fresh_name(), term.shape, term, kinds={"mask", "data mask"})


def equality(draft):
    """A comparison that holds on a whole cell of other masks."""
    a = draft.pick(lambda t: t.rank > 0)
    if a is None:
        return None
    low = draft.below(draft.random.choice(list(draft.value(a).flat)))
    b = draft.pick(lambda t: t.shape == a.shape) or a
    same = draft.random.choice((
        lambda: relation("eq", call("relu", a), a), lambda: relation("eq", call("abs", a), a),
        lambda: relation("eq", call("maximum", a, num(low)), a), lambda: relation("eq", call("relu", a), num(0)),
        lambda: relation("eq", call("clip", a, extra=f"{decimal(low)}, {decimal(low + 5)}"), a)))()
    term = draft.random.choice((lambda: T.binary("mul", b, same), lambda: call("where", same, b, mul(num(2), b))))()
    return Line(draft.fresh_name(), term.shape, term, kinds={"mask", "nested", "equality mask"})


def decimal(value):
    return T.decimal_text(Fraction(value)) or str(value)


LAYERS = (normalization, channel_normalization, dense, loss, attention, dropout, global_pooling, kronecker, contraction,
          rearranged, recurrent, gated, cross_entropy_of_bits)
MASKS = (data_mask, equality)
