"""Functions of one number: their value, and for numbers on a tape their slope."""
import mpmath

from scalars import (NoValue, ONE, RATIONAL, REAL, ZERO, Traced, add, combine, compare, divide, is_equal, multiply,
                     number, plain, real)

HALF, TWO = ONE / 2, ONE * 2
SELU_ALPHA = number("1.6732632423543772848170429916717")
SELU_SCALE = number("1.0507009873554804934193349852946")


def smooth(value, slope):
    """A function from its value and slope at a plain number."""
    def apply(x):
        at = plain(x)
        result = value(at)
        return combine(result, (x, slope(at, result))) if isinstance(x, Traced) else result
    return apply


def analytic(function, slope, exact=(), domain=None):
    """A function that leaves the rationals but at a few exact points, {argument: value}."""
    table = dict(exact)

    def value(x):
        if isinstance(x, RATIONAL) and x in table:
            return number(table[x])
        if domain is not None and not domain(x):
            raise NoValue(f"an argument outside the domain: {mpmath.nstr(real(x), 8)}")
        return function(real(x))
    return smooth(value, slope)


def root(x):
    if is_equal(x, ZERO):
        return ZERO
    if x < 0:
        raise NoValue("the root of a negative number")
    if isinstance(x, RATIONAL):
        top, bottom = mpmath.libmp.isqrt(int(x.numerator)), mpmath.libmp.isqrt(int(x.denominator))
        if top * top == x.numerator and bottom * bottom == x.denominator:
            return number(int(top)) / int(bottom)
    return mpmath.sqrt(real(x))


def sigma(x):
    return 1 / (1 + mpmath.exp(-real(x)))


def cdf(x):
    return (1 + mpmath.erf(real(x) / mpmath.sqrt(2))) / 2


def density(x):
    return mpmath.exp(-real(x) ** 2 / 2) / mpmath.sqrt(2 * mpmath.pi)


def squared(x):
    return multiply(x, x)


SMOOTH = {
    "exp": analytic(mpmath.exp, lambda x, y: y, {0: 1}),
    "log": analytic(mpmath.log, lambda x, y: divide(ONE, x), {1: 0}, lambda x: x > 0),
    "log1p": analytic(lambda x: mpmath.log(1 + x), lambda x, y: divide(ONE, add(ONE, x)), {0: 0}, lambda x: x > -1),
    "expm1": analytic(lambda x: mpmath.exp(x) - 1, lambda x, y: add(y, ONE), {0: 0}),
    "sqrt": smooth(root, lambda x, y: divide(HALF, y)),
    "rsqrt": smooth(lambda x: divide(ONE, root(x)), lambda x, y: -divide(multiply(HALF, y), x)),
    "sin": analytic(mpmath.sin, lambda x, y: mpmath.cos(real(x)), {0: 0}),
    "cos": analytic(mpmath.cos, lambda x, y: -mpmath.sin(real(x)), {0: 1}),
    "tan": analytic(mpmath.tan, lambda x, y: add(ONE, squared(y)), {0: 0}),
    "asin": analytic(mpmath.asin, lambda x, y: 1 / mpmath.sqrt(1 - real(x) ** 2), {0: 0}, lambda x: -1 < x < 1),
    "acos": analytic(mpmath.acos, lambda x, y: -1 / mpmath.sqrt(1 - real(x) ** 2), {1: 0}, lambda x: -1 <= x <= 1),
    "atan": analytic(mpmath.atan, lambda x, y: divide(ONE, add(ONE, squared(x))), {0: 0}),
    "sinh": analytic(mpmath.sinh, lambda x, y: mpmath.cosh(real(x)), {0: 0}),
    "cosh": analytic(mpmath.cosh, lambda x, y: mpmath.sinh(real(x)), {0: 1}),
    "tanh": analytic(mpmath.tanh, lambda x, y: add(ONE, -squared(y)), {0: 0}),
    "erf": analytic(mpmath.erf, lambda x, y: 2 * mpmath.exp(-real(x) ** 2) / mpmath.sqrt(mpmath.pi), {0: 0}),
    "sigmoid": analytic(sigma, lambda x, y: multiply(y, add(ONE, -y)), {0: HALF}),
    "softplus": analytic(lambda x: mpmath.log(1 + mpmath.exp(x)), lambda x, y: sigma(x)),
    "silu": analytic(lambda x: x * sigma(x), lambda x, y: sigma(x) * (1 + real(x) * (1 - sigma(x))), {0: 0}),
    "gelu": analytic(lambda x: x * cdf(x), lambda x, y: cdf(x) + real(x) * density(x), {0: 0}),
}


def piecewise(left, right):
    """A function that is one thing below 0, where it also counts at 0, and another above."""
    return lambda x: right(x) if compare(x, ZERO) > 0 else left(x)


def relu(x):
    return x if compare(x, ZERO) > 0 else ZERO


def step(x):
    return ONE if compare(x, ZERO) > 0 else ZERO


def sign(x):
    return number(compare(x, ZERO))


def absolute(x):
    side = compare(x, ZERO)
    return x if side > 0 else ZERO if side == 0 else -x


def leaky_relu(x, slope=number("0.01")):
    return x if compare(x, ZERO) > 0 else x * slope


def elu(x, alpha=ONE):
    return x if compare(x, ZERO) > 0 else SMOOTH["expm1"](x) * alpha


def selu(x):
    return times(elu(x, SELU_ALPHA), SELU_SCALE)


def maximum(a, b):
    return a if compare(a, b) >= 0 else b


def minimum(a, b):
    return a if compare(a, b) <= 0 else b


def clip(x, lo=None, hi=None):
    if lo is not None and compare(x, lo) <= 0:
        return lo if not is_equal(plain(x), plain(lo)) else plain(lo)
    if hi is not None and compare(x, hi) >= 0:
        return hi
    return x


def times(a, b):
    """A product of numbers of which any may be traced."""
    return a * b if isinstance(a, Traced) or isinstance(b, Traced) else multiply(a, b)


def plus(a, b):
    return a + b if isinstance(a, Traced) or isinstance(b, Traced) else add(a, b)


def minus(a, b):
    return a - b if isinstance(a, Traced) or isinstance(b, Traced) else add(a, -b)


def over(a, b):
    return a / b if isinstance(a, Traced) or isinstance(b, Traced) else divide(a, b)


def power(x, exponent):
    """x ** exponent: integer exponents everywhere, others for positive x."""
    n = plain(exponent)
    if not isinstance(exponent, Traced) and isinstance(n, RATIONAL) and n.denominator == 1:
        return integer_power(x, int(n))
    if isinstance(n, RATIONAL) and n == HALF and not isinstance(exponent, Traced):
        return SMOOTH["sqrt"](x)
    if compare(x, ZERO) <= 0:
        raise NoValue("a power of what is not positive")
    return SMOOTH["exp"](times(exponent, SMOOTH["log"](x)))


def integer_power(x, n):
    if n < 0:
        return over(ONE, integer_power(x, -n))
    if n == 0:
        return ONE
    value = plain(x) ** n
    if not isinstance(x, Traced):
        return value
    return combine(value, (x, multiply(number(n), plain(x) ** (n - 1))))


def relation(holds):
    """A comparison as a number that is 0 or 1."""
    return lambda a, b: ONE if holds(compare(a, b)) else ZERO


RELATIONS = {
    ">": relation(lambda c: c > 0), "<": relation(lambda c: c < 0), ">=": relation(lambda c: c >= 0),
    "<=": relation(lambda c: c <= 0), "==": relation(lambda c: c == 0), "!=": relation(lambda c: c != 0),
}

UNARY = {**SMOOTH, "relu": relu, "step": step, "sign": sign, "abs": absolute, "selu": selu}


def is_irrational(value):
    """Whether a number has left the rationals."""
    return isinstance(plain(value), REAL)
