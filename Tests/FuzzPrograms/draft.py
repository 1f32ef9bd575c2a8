"""A program while it is being written: what is declared, what is computed, and its values at the chosen point."""
from dataclasses import dataclass, field
from fractions import Fraction

import mpmath

import points
import terms as T
from interpreter import Machine
from scalars import NoValue, REAL, plain
from source import Declaration, Source, computing
from terms import Size, call, mul, num, relation, sub
from tensors import tensor
from truth import run

STRUCTURES = {
    "square": ("symmetric", "symmetric(entries)", "diagonal", "lower", "orthogonal", "spd", "nonsingular"),
    "any": ("positive", "nonnegative", "unit", "integer", "simplex"),
}


LONG = 10 ** 1000


@dataclass
class Line:
    """A forward statement. `term` is what is differentiated, `shown` what is written; `adjoints` are index statements
    (operand, target, right side) where there is no term."""
    name: str
    shape: tuple
    term: T.Term = None
    shown: list = None
    adjoints: list = field(default_factory=list)
    kinds: set = field(default_factory=set)

    def texts(self):
        return self.shown or [f"{self.name} = {T.text(self.term)}"]

    def reads(self):
        return T.names(self.term) if self.term is not None else {operand for operand, _, _ in self.adjoints}


@dataclass
class Declared:
    """A tensor that is given."""
    name: str
    shape: tuple
    kind: str
    words: str = ""


class Draft:
    """Statements and the point at which its joint cells are realised."""

    def __init__(self, random):
        self.random = random
        self.sizes = self.choose_sizes()
        self.declared, self.lines, self.point, self.kinds = [], [], {}, set()
        self.source = Source(sizes={s.text: s.value for s in self.sizes if not s.text.isdigit()})
        self.machine = Machine(self.source, {})
        self.is_loss = False

    def choose_sizes(self):
        if self.random.random() < 0.35:
            return [Size(text, self.random.choice((2, 2, 3, 3, 4))) for text in ("N", "M")]
        return [Size(str(v), v) for v in self.random.sample((1, 2, 2, 3, 3, 4), 2)]

    # ------------------------------------------------------------ names and values

    def shape_like(self, rank):
        return tuple(self.random.choice(self.sizes) for _ in range(rank))

    def declare(self, kind, shape, words="", scale=1):
        name = [n for n in "xwvuabqrt" if n not in self.values()][0]
        self.declared.append(Declared(name, tuple(shape), kind, words))
        declaration = Declaration(kind, name, tuple(s.value for s in shape), words.split())
        self.source.declarations.append(declaration)
        self.point[name] = tensor(points.drawn(declaration.shape, declaration.words, self.random, scale))
        self.machine.values[name] = self.point[name]
        if words:
            self.kinds.add("structure")
        return T.name(name, shape)

    def values(self):
        return {d.name for d in self.declared} | {line.name for line in self.lines}

    def words_of(self, name):
        return next((d.words for d in self.declared if d.name == name), "")

    def all_terms(self):
        """Everything with a name, the latest last."""
        return [T.name(d.name, d.shape) for d in self.declared] + [T.name(line.name, line.shape) for line in self.lines]

    def pick(self, fits=lambda term: True):
        """A named tensor, preferably late and not read yet."""
        known = [t for t in self.all_terms() if fits(t)]
        if not known:
            return None
        read = set().union(*(line.reads() for line in self.lines)) if self.lines else set()
        fresh = [t for t in known if t.extra not in read]
        return self.random.choice(fresh) if fresh and self.random.random() < 0.75 else self.random.choice(known)

    def append(self, line):
        """Adds a line and its value at the point."""
        for text in line.texts():
            run(self.machine, computing(text))
        if any(is_long(plain(value)) for value in self.machine.values[line.name].flat):
            raise NoValue("numbers too long to be written")
        self.lines.append(line)
        self.kinds |= line.kinds
        return T.name(line.name, line.shape)

    def fresh_name(self):
        return f"z{len(self.lines)}"

    def value(self, term):
        return self.machine.value(T.text(term))

    # ------------------------------------------------------------ numbers and conditions that hold at the point

    def number(self):
        return num(self.random.choice((2, 3, -1, -2, Fraction(1, 2), Fraction(3, 10), Fraction(5, 4), 5)))

    def below(self, value, distance=None):
        """A short decimal somewhat below a value."""
        digits = self.random.choice((0, 1, 1, 3, 6)) if distance is None else distance
        unit = 10 ** digits
        scaled = plain(value) * unit
        floor = int(mpmath.floor(scaled)) if isinstance(scaled, REAL) else int(scaled // 1)
        whole = floor - (1 if scaled == floor else 0)
        return Fraction(whole, unit)

    def above(self, value, distance=None):
        return -self.below(-plain(value), distance)

    def entry(self, term):
        """One entry of a tensor as a scalar term, where all its extents are literal."""
        if not all(s.text.isdigit() for s in term.shape):
            return call(self.random.choice(("sum", "mean")), term, shape=()) if term.shape else term
        if not term.shape:
            return term
        return T.part(term, ", ".join(str(self.random.randrange(s.value)) for s in term.shape), ())

    def affine(self):
        """A scalar that is affine in entries of what is declared."""
        given = [T.name(d.name, d.shape) for d in self.declared if "one_hot" not in d.words]
        first = self.entry(self.random.choice(given))
        choice = self.random.random()
        if choice < 0.5:
            return first
        second = self.entry(self.random.choice(given))
        if choice < 0.8:
            return T.binary(self.random.choice(("add", "sub")), first, mul(self.number(), second))
        if choice < 0.9:
            return T.binary("mul", first, second)
        return call("relu", sub(first, num(self.below(self.value(first).item()))))

    def condition(self, scalar=None):
        """A scalar condition that is true at the point."""
        scalar = scalar if scalar is not None else self.affine()
        at = self.value(scalar).item()
        if self.random.random() < 0.5:
            return relation("gt", scalar, num(self.below(at)))
        return relation("lt", scalar, num(self.above(at)))

    def conditions(self, count):
        """Several, among them slabs: two conditions on one scalar."""
        found = []
        while len(found) < count:
            scalar, at = self.affine(), None
            if self.random.random() < 0.4:
                at = self.value(scalar).item()
                found.append(relation("gt", scalar, num(self.below(at))))
                found.append(relation("lt", scalar, num(self.above(at))))
            else:
                found.append(self.condition(scalar))
        return found

    def entrywise_condition(self, tensor):
        """A condition on every entry that holds for one of them at the point."""
        values = list(self.value(tensor).flat)
        at = self.random.choice(values)
        if self.random.random() < 0.5:
            return relation("gt", tensor, num(self.below(at)))
        return relation("lt", tensor, num(self.above(at)))

    def impossible(self):
        """Conditions that no point meets: scalars of which a positive combination is not positive."""
        first, second = self.affine(), self.affine()
        t1, t2 = num(self.random.randint(-3, 3)), num(self.random.randint(-3, 3))
        gap = num(self.random.choice((0, 1, Fraction(1, 1000))))
        kind = self.random.random()
        if kind < 0.3:
            return [relation("gt", first, T.add(t1, gap)), relation("lt", first, t1)]
        if kind < 0.6:
            return [relation("gt", first, t1), relation("gt", second, t2),
                    relation("lt", T.binary("add", first, second), sub(T.binary("add", t1, t2), gap))]
        if kind < 0.8:
            third = self.affine()
            return [relation("gt", first, second), relation("gt", second, third), relation("gt", third, first)]
        return [relation("gt", call("relu", first), num(0)), relation("lt", first, num(0))]


def is_long(value):
    """Whether a number has grown, by exponentials or squares of squares, beyond what a program would say."""
    return abs(value) > LONG or not isinstance(value, REAL) and value.denominator > LONG


def product(factors):
    result = factors[0]
    for factor in factors[1:]:
        result = T.binary("mul", result, factor)
    return result
