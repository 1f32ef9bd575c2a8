"""Random blocks and lookups with claims, right ones and slips, and what loops in floating point say of them.

A program is a text and a function that runs it: at a random point it gives for every claim the true gradient, swept
backwards by hand, and the claimed one, read as the language says. What differs at one point is wrong; what agrees at
several is right, since slips here are changes of coefficients, steps and rows.
"""
import dataclasses
import itertools
import random
from collections.abc import Callable

import numpy as np

Values = dict[str, tuple[np.ndarray, np.ndarray]]
POINTS = 60  # A chain of relus is dead at most of them.


@dataclasses.dataclass
class Sequence:
    """A file, and its claims at a point: true and claimed gradients by name."""
    text: str
    at: Callable[[np.random.Generator], Values]

    def right(self, seed: int) -> dict[str, bool]:
        """Which claims are right."""
        generator = np.random.default_rng(seed)
        result: dict[str, bool] = {}
        for _ in range(POINTS):
            for name, (true, claimed) in self.at(generator).items():
                result[name] = result.get(name, True) and agree(true, claimed)
            if not any(result.values()):
                break
        return result


def agree(true: np.ndarray, claimed: np.ndarray) -> bool:
    """Whether each entry is the same but for rounding, which a few dozen operations leave far below this."""
    return bool(np.all(np.abs(true - claimed) <= 1e-9 * (1 + np.abs(claimed))))


def program(source: random.Random) -> Sequence:
    """One random program."""
    return (block if source.random() < 0.7 else lookup)(source)


def _coefficient(source: random.Random) -> float:
    return 1 if source.random() < 0.75 else source.choice([0, 2, -1, 3, 0.5])


def _step(source: random.Random, step: int) -> int:
    return step if source.random() < 0.6 else step + source.choice([-1, 1])


def _place(offset: int) -> str:
    return f"{offset:+d}" if offset else ""


@dataclasses.dataclass
class Activation:
    """What a step does to its sum, and its slope: as text and value of the state and of the sum, and by the sum alone."""
    text: str
    slope_text: Callable[[str, str], str]
    slope_read: Callable[[float, float], float]
    value: Callable[[float], float]
    slope: Callable[[float], float]


ACTIVATIONS = {
    "linear": Activation("{}", lambda h, s: "1", lambda h, s: 1.0, lambda s: s, lambda s: 1.0),
    "tanh": Activation("tanh({})", lambda h, s: f"(1 - {h}**2)", lambda h, s: 1 - h**2,
                       np.tanh, lambda s: 1 - np.tanh(s) ** 2),
    "sigmoid": Activation("sigmoid({})", lambda h, s: f"({h} * (1 - {h}))", lambda h, s: h * (1 - h),
                          lambda s: 1 / (1 + np.exp(-s)), lambda s: np.exp(-s) / (1 + np.exp(-s)) ** 2),
    "relu": Activation("relu({})", lambda h, s: f"({h} > 0)", lambda h, s: float(h > 0),
                       lambda s: max(s, 0.0), lambda s: float(s > 0)),
    "square": Activation("({})**2", lambda h, s: f"2 * ({s})", lambda h, s: 2 * s, lambda s: s * s, lambda s: 2 * s),
}


@dataclasses.dataclass
class Walk:
    """A recurrence h[t] = f(x[t+offset] * v + h[t+previous] * w + b), and its values at a point."""
    steps: range
    length: int
    offset: int
    previous: int
    start: str
    activation: Activation
    has_bias: bool = False

    def sum_text(self, shift: int = 0) -> str:
        return (f"x[t{_place(self.offset + shift)}] * v + h[t{_place(self.previous + shift)}] * w"
                + " + b" * self.has_bias)

    def slope_text(self, shift: int = 0) -> str:
        return self.activation.slope_text(f"h[t{_place(shift)}]", self.sum_text(shift))

    def head(self) -> str:
        span = f"range({self.steps.start}, T)" if self.steps.start and self.previous < 0 else "range(T)"
        value = {"none": "", "h0": f", h[{'-1' if self.previous < 0 else 'T'}] = h0", "number": ", h[-1] = 2",
                 "inside": ", h[0] = x[0]"}[self.start]
        return f"for t in {span if self.previous < 0 else f'reversed({span})'}{value}:"

    def run(self, generator: np.random.Generator) -> "Run":
        x, dy = generator.normal(size=self.length), generator.normal(size=self.length)
        h0, w, v = generator.normal(size=3)
        return Run(self, x, dy, h0, w, v, generator.normal() if self.has_bias else 0.0)


class Run:
    """The values of a walk and its true gradients."""

    def __init__(self, walk: Walk, x, dy, h0, w, v, b=0.0):
        self.walk, self.x, self.dy, self.w, self.v, self.b = walk, x, dy, w, v, b
        length = walk.length
        self.outside = {"none": 0.0, "h0": h0, "number": 2.0, "inside": 0.0}[walk.start]
        self.h = np.zeros(length)
        sums = np.zeros(length)
        if walk.start == "inside":
            self.h[0] = x[0]
        order = list(walk.steps if walk.previous < 0 else reversed(walk.steps))
        for t in order:
            sums[t] = self.sum(t)
            self.h[t] = walk.activation.value(sums[t])
        self.dh, self.dx, self.dw, self.db = np.zeros(length), np.zeros(length), 0.0, 0.0
        for t in reversed(order):
            self.dh[t] += dy[t]
            slope = self.dh[t] * walk.activation.slope(sums[t])
            if 0 <= t + walk.offset < length:
                self.dx[t + walk.offset] += slope * v
            self.dw += slope * self.state(t + walk.previous)
            self.db += slope
            if 0 <= t + walk.previous < length:
                self.dh[t + walk.previous] += slope * w
        if walk.start == "inside":
            self.dh[0] += dy[0]
            self.dx[0] += self.dh[0]

    def entry(self, values, place: int) -> float:
        """What is read at a place: zero outside."""
        return values[place] if 0 <= place < len(values) else 0.0

    def state(self, place: int) -> float:
        """The state at a step, or its start."""
        start = -1 if self.walk.previous < 0 else self.walk.length
        return self.outside if place == start else self.entry(self.h, place)

    def slope(self, t: int) -> float:
        """The text of the slope, read at a step."""
        return self.walk.activation.slope_read(self.state(t), self.sum(t))

    def sum(self, t: int) -> float:
        """What the activation is taken of at a step."""
        walk = self.walk
        return self.entry(self.x, t + walk.offset) * self.v + self.state(t + walk.previous) * self.w + self.b


def block(source: random.Random) -> Sequence:
    """A recurrence and its backward pass through time, line by line."""
    length = source.choice([2, 3, 4, 5])
    previous = source.choice([-1, -1, 1])
    start = source.choice(["none", "h0", "number", "inside"] if previous < 0 else ["none", "h0"])
    walk = Walk(range(1 if start == "inside" else 0, length), length, source.choice([0, 0, 1, -1]), previous, start,
                ACTIVATIONS[source.choice(sorted(ACTIVATIONS))], source.random() < 0.5)
    later = -previous
    of_out, of_later, of_x, of_w, of_b = (_coefficient(source) for _ in range(5))
    to_x, to_h = _step(source, walk.offset), _step(source, previous)
    if walk.activation is ACTIVATIONS["square"]:
        to_x = 0  # Outside of blocks a sequence has no starts, which its slope reads.
    own = f"dh[t] * {walk.slope_text()}"
    backwards = "reversed(range(T))" if previous < 0 else "range(T)"
    lines = [
        f"dims T={length}", "input x: [T]", *(["input h0: []"] if start == "h0" else []),
        "param w: [], v: []" + ", b: []" * walk.has_bias, walk.head(), f"    h[t] = {walk.activation.text.format(walk.sum_text())}", "y = h", "output y",
        f"for t in {backwards}:",
        f"    check dh[t] = {of_out} * dy[t] + {of_later} * dh[t{_place(later)}] * {walk.slope_text(later)} * w",
        *(["for t in range(T):", f"    check dx[t] += {of_x} * {own} * v"] if to_x == 0
          else [f"check dx[t{_place(to_x)}] += {of_x} * {own} * v"]),
        "for t in range(T):", f"    check dw += {of_w} * h[t{_place(to_h)}] * {own}",
        *([f"    check db += {of_b} * {own}"] if walk.has_bias else [])]

    def at(generator: np.random.Generator) -> Values:
        run = walk.run(generator)
        dh = np.array([of_out * run.dy[t] + of_later * run.entry(run.dh, t + later) * run.slope(t + later) * run.w
                       for t in range(length)])
        dx, dw, db = np.zeros(length), 0.0, 0.0
        for t in range(length):
            through = run.dh[t] * run.slope(t)
            if 0 <= t + to_x < length:
                dx[t + to_x] += of_x * through * run.v
            dw += of_w * run.state(t + to_h) * through
            db += of_b * through
        return {"dh": (run.dh, dh), "dx": (run.dx, dx), "dw": (run.dw, dw),
                **({"db": (run.db, db)} if walk.has_bias else {})}

    return Sequence("\n".join(lines) + "\n", at)


def lookup(source: random.Random) -> Sequence:
    """Rows of a table, looked up once or twice in a product, and the gradient by the table."""
    count, rows = source.choice([2, 3, 4]), source.choice([2, 3, 4])
    of_table, of_w = _coefficient(source), _coefficient(source)
    is_square, is_masked = source.random() < 0.4, source.random() < 0.3
    target = source.choice(["idx[n]", "idx[n]", "idx[0]", "idx[N-1]", "one_hot"])
    mask = "(idx[n] > 0) * " if is_masked else ""
    if target == "one_hot":
        whole = "(idx > 0).reshape(N, 1) * " if is_masked else ""
        claim = (f"check dE = {of_table} * one_hot(idx, V).T @ ({whole}dy * w"
                 + (" * 2 * E[idx]" if is_square else "") + ")")
    else:
        claim = (f"check dE[{target},d] += {of_table} * {mask}dy[n,d] * w[d]"
                 + (" * 2 * E[idx[n],d]" if is_square else ""))
    lines = [
        f"dims N={count}, V={rows}, D=2", "const idx: [N] index(V)", "param E: [V, D], w: [D]",
        "z = E[idx] * w" + (" * E[idx]" if is_square else ""),
        "y = z" + (" * (idx > 0).reshape(N, 1)" if is_masked else ""), "output y", claim,
        f"check dw[d] += {of_w} * {mask}dy[n,d] * E[idx[n],d]" + (" * E[idx[n],d]" if is_square else "")]
    every = itertools.cycle(itertools.product(range(rows), repeat=count))

    def one(generator: np.random.Generator, idx: tuple[int, ...]) -> Values:
        table, w, dy = generator.normal(size=(rows, 2)), generator.normal(size=2), generator.normal(size=(count, 2))
        true, claimed, dw = np.zeros((rows, 2)), np.zeros((rows, 2)), np.zeros(2)
        for n, row in enumerate(idx):
            kept = dy[n] * (0.0 if is_masked and row == 0 else 1.0)
            pulled = kept * w * (2 * table[row] if is_square else 1)
            true[row] += pulled
            claimed[{"idx[0]": idx[0], "idx[N-1]": idx[-1]}.get(target, row)] += of_table * pulled
            dw += kept * table[row] * (table[row] if is_square else 1)
        return {"dE": (true, claimed), "dw": (dw, of_w * dw)}

    def at(generator: np.random.Generator) -> Values:
        # Slips show for some rows only: all of them are tried.
        found = [one(generator, next(every)) for _ in range(rows**count)]
        return {name: tuple(np.stack(parts) for parts in zip(*(each[name] for each in found)))
                for name in ("dE", "dw")}

    return Sequence("\n".join(lines) + "\n", at)
