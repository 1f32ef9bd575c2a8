"""Identities: every function takes a term and gives one that is equal wherever both have a value, or nothing."""
from fractions import Fraction

import terms as T
from terms import add, call, div, is_num, mul, neg, num, power, relation, sub

MASKS = {"gt", "lt", "ge", "le", "eq", "step"}


def rewritten(term, random, times, masks=()):
    """The term after some identities at random places. `masks` are scalar masks that may divide a case."""
    for _ in range(times):
        for _ in range(12):
            path, node = random.choice(list(T.paths(term)))
            rule = random.choice(IDENTITIES)
            new = rule(node, random, masks)
            if new is not None and new.shape == node.shape:
                term = T.replace(term, path, new)
                break
    return term


def is_mask(term):
    return term.op in MASKS


def commuted(x, random, masks):
    if x.op in ("add", "mul"):
        return T.binary(x.op, x.args[1], x.args[0])
    return None


def associated(x, random, masks):
    if x.op in ("add", "mul") and x.args[0].op == x.op:
        (a, b), c = x.args[0].args, x.args[1]
        return T.binary(x.op, a, T.binary(x.op, b, c))
    return None


def distributed(x, random, masks):
    if x.op == "mul":
        for one, other in (x.args, x.args[::-1]):
            if other.op in ("add", "sub"):
                return T.binary(other.op, T.binary("mul", one, other.args[0]), T.binary("mul", one, other.args[1]))
    return None


def difference(x, random, masks):
    if x.op == "sub":
        a, b = x.args
        return random.choice((lambda: T.binary("add", a, neg(b)), lambda: neg(T.binary("sub", b, a))))()
    return None


def double_negative(x, random, masks):
    return neg(neg(x)) if x.op in ("name", "mul", "matmul", "sum") else None


def quotient(x, random, masks):
    if x.op == "div":
        return T.binary("mul", x.args[0], T.binary("div", num(1), x.args[1]))
    return None


def scaled(x, random, masks):
    if x.op in ("name", "mul", "add", "matmul", "sum", "step"):
        c = random.choice((2, 3, Fraction(1, 2), 7, -1, Fraction(3, 10), 1000000))
        return T.binary("div", T.binary("mul", num(c), x), num(c))
    return None


def squared(x, random, masks):
    if x.op == "pow" and x.extra == "2":
        return T.binary("mul", x.args[0], x.args[0])
    return None


def halves(x, random, masks):
    if x.op in ("name", "mul", "step"):
        return T.binary("add", T.binary("div", x, num(4)), T.binary("mul", num(Fraction(3, 4)), x))
    return None


def idempotent(x, random, masks):
    """m * m, m**2, 1 - (1 - m) and (1 + m)**2 of a mask."""
    if not is_mask(x):
        return None
    return random.choice((
        lambda: T.binary("mul", x, x), lambda: power(x, 2), lambda: power(x, 3), lambda: sub(num(1), sub(num(1), x)),
        lambda: sub(div(power(add(num(1), x), 2), num(3)), num(Fraction(1, 3))),
        lambda: mul(num(2), sub(num(1), div(num(1), add(num(1), x)))),
        lambda: call("relu", x), lambda: call("sign", x), lambda: call("abs", x), lambda: call("clip", x, extra="0, 1"),
        lambda: call("maximum", x, mul(x, num(Fraction(1, 2)))),
        lambda: relation("gt", x, num(Fraction(1, 2))), lambda: call("where", x, num(1), num(0))))()


def complement(x, random, masks):
    """not (a > b) is a <= b."""
    other = {"gt": "le", "lt": "ge", "ge": "lt", "le": "gt"}.get(x.op)
    if other:
        return sub(num(1), relation(other, *x.args))
    return None


def turned(x, random, masks):
    other = {"gt": "lt", "lt": "gt", "ge": "le", "le": "ge"}.get(x.op)
    if other:
        a, b = x.args
        return random.choice((lambda: relation(other, b, a), lambda: relation(x.op, sub(a, b), num(0)),
                              lambda: relation(x.op, mul(num(3), a), mul(num(3), b)),
                              lambda: relation(other, neg(a), neg(b)),
                              lambda: relation(x.op, add(a, num(1)), add(b, num(1)))))()
    return None


def as_step(x, random, masks):
    if x.op == "gt":
        return call("step", x.args[0] if is_num(x.args[1], 0) else sub(*x.args))
    if x.op == "lt":
        return call("step", sub(x.args[1], x.args[0]))
    if x.op == "step":
        return random.choice((lambda: relation("gt", x.args[0], num(0)), lambda: call("step", mul(num(2), x.args[0])),
                              lambda: sub(num(1), relation("le", x.args[0], num(0))),
                              lambda: relation("gt", call("relu", x.args[0]), num(0)),
                              lambda: relation("lt", neg(x.args[0]), num(0)),
                              lambda: call("step", call("relu", x.args[0]))))()
    return None


def stricter(x, random, masks):
    """A condition that a stronger one already contains: (u > c) is (u > c) * (u > c - 1)."""
    if x.op in ("gt", "ge"):
        return mul(x, relation("gt", x.args[0], sub(x.args[1], num(random.choice((1, Fraction(1, 1000)))))))
    if x.op == "step":
        return mul(x, relation("gt", x.args[0], num(random.choice((-1, Fraction(-1, 1000))))))
    return None


def case_by_case(x, random, masks):
    """x is x * m + x * (1 - m), and x where m else x."""
    if masks and x.op in ("name", "mul", "step", "gt", "matmul", "sum") and T.size(x) < 12:
        m = random.choice(masks)
        return random.choice((lambda: T.binary("add", T.binary("mul", x, m), T.binary("mul", x, sub(num(1), m))),
                              lambda: call("where", m, x, x)))()
    return None


def respelled(x, random, masks):
    """Functions by other functions."""
    spelling = SPELLINGS.get(x.op)
    if spelling is None:
        return None
    return random.choice(spelling(x, *x.args))()


def zero_one(text):
    return num(Fraction(text))


def clip_spellings(x, a):
    lo, hi = map(zero_one, x.extra.split(", "))
    return (lambda: call("minimum", call("maximum", a, lo), hi),
            lambda: sub(add(lo, call("relu", sub(a, lo))), call("relu", sub(a, hi))))


def extremum_spellings(sign, other):
    def spell(x, a, b):
        half = num(Fraction(1, 2))
        return (lambda: mul(half, T.binary(sign, add(a, b), call("abs", sub(a, b)))),
                lambda: sub(add(a, b), call(other, a, b)),
                lambda: call(x.op, b, a),
                lambda: T.binary(sign, a, call("relu", sub(b, a) if sign == "add" else sub(a, b))))
    return spell


def logistic_spellings(x, a):
    return (lambda: div(num(1), add(num(1), call("exp", neg(a)))), lambda: sub(num(1), call("sigmoid", neg(a))),
            lambda: div(add(num(1), call("tanh", div(a, num(2)))), num(2)))


SPELLINGS = {
    "relu": lambda x, a: (
        lambda: mul(a, call("step", a)), lambda: mul(a, relation("gt", a, num(0))), lambda: call("maximum", a, num(0)),
        lambda: div(add(a, call("abs", a)), num(2)), lambda: call("where", relation("gt", a, num(0)), a, num(0)),
        lambda: add(a, call("relu", neg(a))), lambda: call("relu", call("relu", a))),
    "abs": lambda x, a: (lambda: mul(a, call("sign", a)), lambda: add(call("relu", a), call("relu", neg(a))),
                         lambda: call("maximum", a, neg(a)), lambda: call("abs", neg(a))),
    "sign": lambda x, a: (lambda: sub(relation("gt", a, num(0)), relation("lt", a, num(0))),
                          lambda: sub(call("step", a), call("step", neg(a))), lambda: neg(call("sign", neg(a)))),
    "clip": clip_spellings,
    "maximum": extremum_spellings("add", "minimum"),
    "minimum": extremum_spellings("sub", "maximum"),
    "where": lambda x, c, a, b: (lambda: add(mul(c, a), mul(sub(num(1), c), b)), lambda: add(b, mul(c, sub(a, b))),
                                 lambda: call("where", relation("gt", c, num(0)), a, b),
                                 lambda: call("where", sub(num(1), c), b, a)),
    "sigmoid": logistic_spellings,
    "tanh": lambda x, a: (lambda: sub(mul(num(2), call("sigmoid", mul(num(2), a))), num(1)),
                          lambda: neg(call("tanh", neg(a))), lambda: div(call("sinh", a), call("cosh", a))),
    "exp": lambda x, a: (lambda: div(num(1), call("exp", neg(a))), lambda: power(call("exp", div(a, num(2))), 2),
                         lambda: div(call("exp", add(a, num(1))), call("exp", num(1)))),
    "matmul": lambda x, a, b: (
        (lambda: T.transpose(T.matmul(T.transpose(b), T.transpose(a))), lambda: neg(T.matmul(neg(a), b)),
         lambda: call("einsum", a, b, extra="ij,jk->ik", shape=x.shape)) if a.rank == 2 and b.rank == 2 else
        (lambda: neg(T.matmul(a, neg(b))), lambda: T.matmul(neg(a), neg(b)))),
    "outer": lambda x, a, b: (lambda: T.transpose(call("outer", b, a, shape=tuple(reversed(x.shape)))),
                              lambda: mul(T.reshape(a, a.shape + (T.ONE_SIZE,)), b)),
    "T": lambda x, a: (lambda: T.transpose(neg(neg(a))), lambda: neg(T.transpose(neg(a)))),
}


def summed_apart(x, random, masks):
    """A sum of a sum is the sum of the sums."""
    if x.op == "sum" and x.args[0].op in ("add", "sub") and all(a.shape == x.args[0].shape for a in x.args[0].args):
        inner = x.args[0]
        return T.binary(inner.op, *(x.with_args([a]) for a in inner.args))
    return None


IDENTITIES = [
    commuted,
    associated,
    distributed,
    difference,
    double_negative,
    quotient,
    scaled,
    squared,
    halves,
    idempotent,
    idempotent,
    complement,
    turned,
    as_step,
    as_step,
    stricter,
    case_by_case,
    case_by_case,
    respelled,
    respelled,
    respelled,
     summed_apart]
