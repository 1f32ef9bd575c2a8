"""Numbers: exact rationals where a program is rational, 60 digits where it is not, and a tape that differentiates.

A rational is a `fractions.Fraction`, or gmpy2's where that is installed. A function that leaves the rationals gives an
mpmath number, and everything after it is one. A `Traced` number remembers how it was computed; `Tape.backward`
walks the memory once and gives the derivative by every number that was named. Nothing here knows a rule for tensors.
"""
import contextlib
import contextvars
from fractions import Fraction

import mpmath

mpmath.mp.dps = 60

try:
    from gmpy2 import mpq as rational
except ImportError:
    rational = Fraction

RATIONAL = type(rational(1))
REAL = type(mpmath.mpf(1))
ZERO, ONE = rational(0), rational(1)
#: Below this distance two irrational numbers are not told apart: 60 digits less what short programs lose.
INDISTINCT = mpmath.mpf(10) ** -40


class NoValue(Exception):
    """An expression has no real value at this point, such as the logarithm of a negative number."""


def number(value):
    """An exact number from an integer, a fraction or the text of a decimal."""
    if isinstance(value, (RATIONAL, REAL, Traced)):
        return value
    exact = Fraction(value)
    return rational(exact.numerator, exact.denominator)


def real(value):
    """The same number with 60 digits."""
    if isinstance(value, REAL):
        return value
    return mpmath.mpf(int(value.numerator)) / int(value.denominator)


def plain(value):
    """The number without its memory."""
    return value.value if isinstance(value, Traced) else value


def both(a, b):
    """Two plain numbers of the same kind."""
    if type(a) is type(b) or isinstance(a, REAL) == isinstance(b, REAL):
        return a, b
    return real(a), real(b)


def is_equal(a, b):
    """Equality of plain numbers; irrational ones are equal when 40 digits are."""
    if type(a) is RATIONAL and type(b) is RATIONAL:
        return a == b
    a, b = both(a, b)
    if isinstance(a, REAL):
        return abs(a - b) <= INDISTINCT * max(abs(a), abs(b), 1)
    return a == b


class Tape:
    """The numbers of one evaluation in the order of their computation."""

    def __init__(self):
        self.numbers = []

    def leaf(self, value):
        """A number to differentiate by."""
        return Traced(self, plain(value), ())

    def backward(self, seeds):
        """Derivatives of sum(weight * result) for seeds [(result, weight)], and the numbers at or before a kink.

        Both are dictionaries by place on the tape."""
        slope = {}
        for result, weight in seeds:
            if isinstance(result, Traced):
                slope[result.place] = add(slope.get(result.place, ZERO), weight)
        kinked = set()
        for node in reversed(self.numbers):
            here = slope.get(node.place, ZERO)
            if node.at_kink:
                kinked.add(node.place)
            for parent, partial in node.parents:
                slope[parent.place] = add(slope.get(parent.place, ZERO), multiply(here, partial))
                if node.place in kinked:
                    kinked.add(parent.place)
        return slope, kinked


class Traced:
    """A number on a tape: its value, and its derivative by each number that it came from."""
    __slots__ = ("tape", "value", "parents", "place", "at_kink")

    def __init__(self, tape, value, parents):
        self.tape, self.value, self.parents = tape, value, parents
        self.place, self.at_kink = len(tape.numbers), False
        tape.numbers.append(self)

    def __add__(self, other):
        return combine(add(self.value, plain(other)), (self, ONE), (other, ONE))

    __radd__ = __add__

    def __sub__(self, other):
        return combine(add(self.value, -plain(other)), (self, ONE), (other, -ONE))

    def __rsub__(self, other):
        return combine(add(plain(other), -self.value), (self, -ONE))

    def __mul__(self, other):
        right = plain(other)
        return combine(multiply(self.value, right), (self, right), (other, self.value))

    __rmul__ = __mul__

    def __truediv__(self, other):
        right = plain(other)
        result = divide(self.value, right)
        return combine(result, (self, divide(ONE, right)), (other, -divide(result, right)))

    def __rtruediv__(self, other):
        result = divide(other, self.value)
        return combine(result, (self, -divide(result, self.value)))

    def __neg__(self):
        return combine(-self.value, (self, -ONE))


def combine(value, *contributions):
    """A number on the tape of its traced operands."""
    parents = tuple((operand, partial) for operand, partial in contributions if isinstance(operand, Traced))
    return Traced(parents[0][0].tape, value, parents)


def add(a, b):
    if type(a) is type(b):      # what is added and multiplied most often, said first
        return a + b
    a, b = both(a, b)
    return a + b


def multiply(a, b):
    if type(a) is type(b):
        return a * b
    if not isinstance(a, REAL) and not a or not isinstance(b, REAL) and not b:
        return ZERO
    a, b = both(a, b)
    return a * b


def divide(a, b):
    a, b = both(a, b)
    if b == 0 or isinstance(b, REAL) and abs(b) < INDISTINCT:
        raise NoValue("a division by zero")
    return a / b


def mark_kink(*numbers):
    """What is told here of these numbers holds on one side of them only."""
    for one in numbers:
        if isinstance(one, Traced):
            one.at_kink = True


#: What comparing equal numbers of which one may move gives: 0, or another side for who asks what a kink decides.
TIES = contextvars.ContextVar("ties", default=0)


@contextlib.contextmanager
def ties_fall(side):
    """Where numbers that move are equal, they are taken as apart: the first as the smaller (-1) or the greater (1)."""
    token = TIES.set(side)
    try:
        yield
    finally:
        TIES.reset(token)


def compare(a, b):
    """-1, 0 or 1. Equal numbers of which one may move are a kink of both, unless they are the same number."""
    left, right = both(plain(a), plain(b))
    if is_equal(left, right):
        if a is b:
            return 0
        mark_kink(a, b)
        return TIES.get() if isinstance(a, Traced) or isinstance(b, Traced) else 0
    return 1 if left > right else -1
