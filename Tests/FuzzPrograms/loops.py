"""Random blocks that walk over part of a range, run as Python would run them.

Where a block's range begins and ends, what a plain name is above its line and after the block, and at which step a start
stands, are questions of reading rather than of judging: so a file is evaluated, and its output and gradients are held
against loops over exact dual numbers.
"""
import dataclasses
import random
from collections.abc import Callable
from fractions import Fraction

Point = dict[str, list]


@dataclasses.dataclass(frozen=True)
class Dual:
    """A number with its derivatives by the inputs that it depends on."""
    value: Fraction
    slopes: dict[tuple[str, int], Fraction] = dataclasses.field(default_factory=dict)

    def __add__(self, other: "Dual") -> "Dual":
        names = self.slopes.keys() | other.slopes.keys()
        return Dual(self.value + other.value, {n: self.slopes.get(n, 0) + other.slopes.get(n, 0) for n in names})

    def __mul__(self, other: "Dual") -> "Dual":
        names = self.slopes.keys() | other.slopes.keys()
        return Dual(self.value * other.value,
                    {n: self.slopes.get(n, 0) * other.value + other.slopes.get(n, 0) * self.value for n in names})


ZERO = Dual(Fraction(0))


@dataclasses.dataclass
class State:
    """What names mean at a step: the arrays by step, plain names, and the step."""
    inputs: dict[str, list[Dual]]
    step: int = 0
    arrays: dict[str, dict[int, Dual]] = dataclasses.field(default_factory=dict)
    plain: dict[str, Dual] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Term:
    """A number times factors, each as text and as what it is at a step."""
    coefficient: int
    factors: list[tuple[str, Callable[[State], Dual]]]

    @property
    def text(self) -> str:
        return " * ".join([str(self.coefficient)] + [text for text, _ in self.factors])

    def value(self, state: State) -> Dual:
        result = Dual(Fraction(self.coefficient))
        for _, factor in self.factors:
            result = result * factor(state)
        return result


@dataclasses.dataclass
class Line:
    """One line of a block: `name` gets a sum of terms at every step."""
    name: str
    kind: str  # sequence, plain, carry or sum
    terms: list[Term]
    start: str | None = None

    @property
    def text(self) -> str:
        left = {"sequence": f"{self.name}[t] =", "plain": f"{self.name} =", "carry": f"{self.name} =",
                "sum": f"{self.name} +="}[self.kind]
        return f"    {left} " + " + ".join(term.text for term in self.terms)

    def run(self, state: State) -> None:
        value = ZERO
        for term in self.terms:
            value = value + term.value(state)
        if self.kind == "sum":
            value = state.plain.get(self.name, ZERO) + value
        if self.kind in ("sequence", "plain"):
            state.arrays[self.name][state.step] = value
        if self.kind != "sequence":
            state.plain[self.name] = value


@dataclasses.dataclass
class Loop:
    """A file with one block, and what it comes to."""
    length: int
    span: range
    lines: list[Line]
    loss: list[Term]

    @property
    def head(self) -> str:
        steps = sorted(self.span)
        last = "T" if steps[-1] + 1 == self.length else f"T-{self.length - steps[-1] - 1}"
        inner = f"range({last})" if steps[0] == 0 else f"range({steps[0]}, {last})"
        starts = "".join(
            f", {line.name}[{self._start(last)}] = {line.start}" for line in self.lines
            if line.kind == "sequence" and line.start)
        return f"for t in {inner if self.span.step > 0 else f'reversed({inner})'}{starts}:"

    def _start(self, last: str) -> str:
        return str(self.span[0] - 1) if self.span.step > 0 else last

    @property
    def text(self) -> str:
        carries = [f"{line.name} = {line.start}" for line in self.lines if line.kind == "carry"]
        return "\n".join(
            [f"dims T={self.length}", "input x: [T], s: []", "param w: []", *carries, self.head,
             *(line.text for line in self.lines), "loss L = " + " + ".join(term.text for term in self.loss)]) + "\n"

    def expected(self, point: Point) -> dict[str, list[Fraction]]:
        """The output and its gradients, as flat lists."""
        inputs = {name: [Dual(Fraction(value), {(name, place): Fraction(1)}) for place, value in enumerate(values)]
                  for name, values in point.items()}
        state = State(inputs)
        before = {"s": inputs["s"][0], "3": Dual(Fraction(3))}
        for line in self.lines:
            state.arrays[line.name] = {}
            if line.kind == "carry":
                state.plain[line.name] = before[line.start]
            elif line.kind == "sequence" and line.start:
                state.arrays[line.name][self.span[0] - self.span.step] = before[line.start]
        for step in self.span:
            state.step = step
            for line in self.lines:
                line.run(state)
        total = ZERO
        for term in self.loss:
            total = total + term.value(state)
        result = {"L": [total.value]}
        for name, values in point.items():
            result[f"d{name}"] = [total.slopes.get((name, place), Fraction(0)) for place in range(len(values))]
        return result


def loop(source: random.Random) -> Loop:
    """A random one."""
    length = source.choice([2, 3, 4, 5])
    first = source.choice([0, 1, 1, 2]) if length > 2 else source.choice([0, 1])
    last = length - (1 if first + 2 < length and source.random() < 0.3 else 0)
    steps = range(first, last)
    span = steps if source.random() < 0.6 else steps[::-1]
    kinds = source.sample(["sequence", "plain", "carry", "sum", "plain", "sequence"], source.choice([2, 3, 3, 4]))
    if kinds == ["sum"] or all(kind == "sum" for kind in kinds):
        kinds[0] = "sequence"
    names = [f"{kind[0]}{number}" for number, kind in enumerate(kinds)]
    lines = []
    for number, (name, kind) in enumerate(zip(names, kinds)):
        start = None
        if kind == "carry" or kind == "sequence" and source.random() < 0.5:
            start = source.choice(["s", "3"])
        lines.append(Line(name, kind, [], start))
    for number, line in enumerate(lines):
        line.terms = [_term(source, _atoms(lines, number, span)) for _ in range(source.choice([1, 2, 2]))]
    return Loop(length, span, lines, _loss(source, lines, length, span))


def _term(source: random.Random, atoms: list) -> Term:
    return Term(source.choice([1, 1, 2, -1]), [source.choice(atoms) for _ in range(source.choice([1, 2, 2]))])


def _input(name: str, offset: int):
    def value(state: State) -> Dual:
        place = state.step + offset
        return state.inputs[name][place] if 0 <= place < len(state.inputs[name]) else ZERO
    return f"{name}[t{offset:+d}]" if offset else f"{name}[t]", value


def _array(name: str, offset: int):
    return (f"{name}[t{offset:+d}]" if offset else f"{name}[t]",
            lambda state: state.arrays[name].get(state.step + offset, ZERO))


def _plain(name: str):
    return name, lambda state: state.plain[name]


def _atoms(lines: list[Line], number: int, span: range) -> list:
    """What a line may read."""
    atoms = [_input("x", 0), _input("x", 0), _input("x", -1), _input("x", 1),
             ("w", lambda state: state.inputs["w"][0]), ("s", lambda state: state.inputs["s"][0])]
    atoms.append(("(t + 1)", lambda state: Dual(Fraction(state.step + 1))))
    for other, line in enumerate(lines):
        if line.kind == "sequence":
            atoms += [_array(line.name, -span.step)] * 2
            if other < number:
                atoms += [_array(line.name, 0)] * 2
        elif line.kind == "carry" or line.kind == "plain" and other < number:
            atoms += [_plain(line.name)] * 3
    return atoms


def _loss(source: random.Random, lines: list[Line], length: int, span: range) -> list[Term]:
    terms = []
    for line in lines:
        if line.kind in ("carry", "sum"):
            terms.append(Term(source.choice([1, 2]), [_plain(line.name)]))
            continue
        # A sequence may hold its start at a place of its own, which a sum over the array counts.
        extent = max(span) + 1
        place = source.randrange(extent)
        if source.random() < 0.5:
            text, value = f"sum({line.name})", lambda state, name=line.name: _total(state.arrays[name], extent)
        else:
            text, value = f"{line.name}[{place}]", lambda state, name=line.name, place=place: (
                state.arrays[name].get(place, ZERO))
        terms.append(Term(source.choice([1, 2, 3]), [(text, value)]))
    return terms


def _total(array: dict[int, Dual], extent: int) -> Dual:
    total = ZERO
    for place, value in array.items():
        if 0 <= place < extent:
            total = total + value
    return total


def point(source: random.Random, length: int) -> Point:
    """Small fractions for the inputs."""
    def number() -> str:
        return f"{source.choice([-3, -2, -1, 1, 2, 3, 5])}/{source.choice([1, 2, 3])}"
    return {"x": [number() for _ in range(length)], "s": [number()], "w": [number()]}
