"""Judges a backward pass written in NumPy without rounding: its numbers are exchanged for residues in finite fields.

A plain backward pass runs unchanged on arrays of :class:`Exact` numbers (``@``, ``sum``, broadcasting, ``np.maximum``,
``np.exp``), and :func:`check` says whether *the code* computes the gradient, at these sizes, with a bound on the
probability of a false accept.
"""

from __future__ import annotations

import math
import struct
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from . import _safetensors
from ._api import Source, read
from ._errors import GradcheckError
from ._judging import JudgedTensor, Judgement, Layer, WrongKernel, hides_verdicts, judge_files
from ._program import run
from ._safetensors import Tensor
from .numpy import named

_HEADER = "gradcheck.exact"
#: Digits that every decimal keeps in double precision; a literal with more is one that was computed.
_WRITTEN_DIGITS = 15


class Stopped(GradcheckError):
    """Something was computed that has no law in a finite field, or that is not exact."""


@dataclass
class Fields:
    """The fields of one probe: each prime divides the one before it less one, each base has the order of the next."""

    seed: int
    primes: tuple[int, ...]
    bases: tuple[int, ...]
    #: The least common denominator of the coefficients in the arguments of exponentials.
    denominator: int = 1

    @classmethod
    def of_tensor(cls, tensor: Tensor) -> Fields:
        words = struct.unpack(f"<{len(tensor.data) // 8}q", tensor.data)
        if len(words) < 4 or words[0] != 1 or len(words) != 3 + 2 * words[1]:
            raise GradcheckError("the probe says nothing of its fields")
        levels = words[1]
        return cls(words[2], words[4 : 4 + levels], words[4 + levels :])

    @property
    def tensor(self) -> Tensor:
        words = (1, len(self.primes), self.seed, min(self.denominator, 2**63 - 1), *self.primes, *self.bases)
        return Tensor("I64", (len(words),), struct.pack(f"<{len(words)}q", *words))


class Exact:
    """A number of an exact run: its residues, beside them a float that decides comparisons.

    ``top`` and ``bottom`` bound the degrees of its numerator and denominator, ``length`` and ``parts`` the coefficients
    that it has as an exponent.
    """

    __slots__ = ("bottom", "fields", "length", "parts", "residues", "shadow", "top", "why")

    def __init__(
        self,
        fields: Fields,
        shadow: float,
        residues: tuple[int | None, ...],
        top: float = 0,
        bottom: float = 0,
        length: float = 1,
        parts: int = 1,
        why: str | None = None,
    ) -> None:
        self.fields, self.shadow, self.residues = fields, shadow, residues
        self.top, self.bottom, self.length, self.parts = top, bottom, length, parts
        #: The function that gave a value without residues, and where.
        self.why = why

    # ---- literals

    def _literal(self, value: Any) -> Exact:
        if isinstance(value, Exact):
            return value
        if isinstance(value, (bool, np.bool_, int, np.integer, Fraction)):
            return self._constant(Fraction(value if isinstance(value, Fraction) else int(value)))
        if isinstance(value, (float, np.floating)):
            number = float(value)
            if not math.isfinite(number) or abs(number) >= 3.4e38:
                return Exact(self.fields, number, (None,) * len(self.fields.primes))
            fraction = _fraction(number)
            if fraction is None:
                why = f"{number!r}, which has more digits than people write,"
                return Exact(self.fields, number, (None,) * len(self.fields.primes), why=why)
            return self._constant(fraction)
        raise TypeError(f"an exact number and {type(value).__name__}")

    def _constant(self, value: Fraction) -> Exact:
        residues = tuple(value.numerator * pow(value.denominator, -1, p) % p for p in self.fields.primes)
        length = max(1, abs(value.numerator))
        return Exact(self.fields, float(value), residues, length=length, parts=value.denominator)

    # ---- arithmetic

    @property
    def _is_infinite(self) -> bool:
        return self.why is None and self.residues[0] is None

    @property
    def _is_constant(self) -> bool:
        return self.top == 0 and self.bottom == 0

    def _use(self) -> None:
        if self.why is not None:
            raise Stopped(
                f"{self.why} is used further, and has no law in a finite field: "
                "judge this pass with gradcheck.numpy.check"
            )
        if self.residues[0] is None:
            raise Stopped("an infinite number is computed with")

    def _infinite(self, shadow: float) -> Exact:
        if math.isnan(shadow):
            raise Stopped("infinities cancel")
        return Exact(self.fields, shadow, (None,) * len(self.fields.primes))

    def _sum(self, other: Exact, sign: int) -> Exact:
        shadow = self.shadow + sign * other.shadow
        if self._is_infinite or other._is_infinite:
            return self._infinite(shadow)
        self._use()
        other._use()
        residues = tuple(
            None if a is None or b is None else (a + sign * b) % p
            for a, b, p in zip(self.residues, other.residues, self.fields.primes, strict=True)
        )
        if self.bottom == 0 and other.bottom == 0:
            top, bottom = max(self.top, other.top), 0.0
        else:
            top = max(self.top + other.bottom, other.top + self.bottom)
            bottom = self.bottom + other.bottom
        parts = math.lcm(self.parts, other.parts)
        length = sum(
            0 if each._is_constant and each.residues[0] == 0 else each.length * (parts // each.parts)
            for each in (self, other)
        )
        return Exact(self.fields, shadow, residues, top, bottom, max(1, length), parts)

    def __add__(self, other: Any) -> Exact:
        return self._sum(self._literal(other), 1) if _is_number(other) else NotImplemented

    def __sub__(self, other: Any) -> Exact:
        return self._sum(self._literal(other), -1) if _is_number(other) else NotImplemented

    def __mul__(self, other: Any) -> Exact:
        if not _is_number(other):
            return NotImplemented
        b = self._literal(other)
        if self._is_infinite or b._is_infinite:
            return self._infinite(self.shadow * b.shadow)
        self._use()
        b._use()
        residues = tuple(
            None if x is None or y is None else x * y % p
            for x, y, p in zip(self.residues, b.residues, self.fields.primes, strict=True)
        )
        shadow = self.shadow * b.shadow
        degrees = self.top + b.top, self.bottom + b.bottom
        return Exact(self.fields, shadow, residues, *degrees, self.length * b.length, self.parts * b.parts)

    def __truediv__(self, other: Any) -> Exact:
        if not _is_number(other):
            return NotImplemented
        b = self._literal(other)
        if b._is_infinite and not self._is_infinite:
            return self._constant(Fraction(0))
        if self._is_infinite:
            return self._infinite(self.shadow / b.shadow)
        self._use()
        b._use()
        if b.residues[0] == 0:
            raise ZeroDivisionError(f"a division by zero, near {b.shadow}")
        residues = tuple(
            None if x is None or not y else x * pow(y, -1, p) % p
            for x, y, p in zip(self.residues, b.residues, self.fields.primes, strict=True)
        )
        length, parts = self.length, self.parts
        if b._is_constant:
            coefficient = Fraction(b.shadow).limit_denominator(4096)
            length, parts = length * coefficient.denominator, parts * max(1, abs(coefficient.numerator))
        shadow = self.shadow / b.shadow if b.shadow else math.copysign(math.inf, self.shadow)
        return Exact(self.fields, shadow, residues, self.top + b.bottom, self.bottom + b.top, length, parts)

    __radd__ = __add__

    def __rsub__(self, other: Any) -> Exact:
        return self._literal(other) - self if _is_number(other) else NotImplemented

    __rmul__ = __mul__

    def __rtruediv__(self, other: Any) -> Exact:
        return self._literal(other) / self if _is_number(other) else NotImplemented

    def __neg__(self) -> Exact:
        return self._constant(Fraction(0)) - self

    def __pos__(self) -> Exact:
        return self

    def __abs__(self) -> Exact:
        return -self if self < 0 else self

    def __pow__(self, exponent: Any) -> Exact:
        power = self._literal(exponent)
        if not power._is_constant or power.shadow != math.floor(power.shadow):
            return self._lawless("power", math.pow(self.shadow, power.shadow))
        result = self._constant(Fraction(1))
        for _ in range(abs(int(power.shadow))):
            result = result * self
        return result if power.shadow >= 0 else 1 / result

    # ---- comparisons

    def _compare(self, other: Any) -> int:
        b = self._literal(other)
        if self.residues[0] is not None and self.residues[0] == b.residues[0]:
            return 0
        return (self.shadow > b.shadow) - (self.shadow < b.shadow)

    def __eq__(self, other: object) -> bool:
        return _is_number(other) and self._compare(other) == 0

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: Any) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._compare(other) >= 0

    def __bool__(self) -> bool:
        return self != 0

    __hash__ = None  # type: ignore[assignment]

    # ---- functions: what NumPy calls for an array of objects

    def exp(self) -> Exact:
        if self._is_infinite:
            return self._constant(Fraction(0)) if self.shadow < 0 else self
        self._use()
        fields = self.fields
        upper = self.residues[1:]
        residues: list[int | None] = [
            None if argument is None else pow(base, argument, p)
            for base, argument, p in zip(fields.bases, upper, fields.primes, strict=False)
        ]
        residues.append(None)
        if residues[0] is None:
            raise Stopped("exponentials are nested more deeply than the layer's, for which the probe has room")
        fields.denominator = math.lcm(fields.denominator, self.parts)
        try:
            shadow = math.exp(self.shadow)
        except OverflowError:
            shadow = sys.float_info.max
        return Exact(fields, shadow, tuple(residues), self.length, self.length)

    def expm1(self) -> Exact:
        return self.exp() - 1

    def sinh(self) -> Exact:
        return (self.exp() - (-self).exp()) / 2

    def cosh(self) -> Exact:
        return (self.exp() + (-self).exp()) / 2

    def tanh(self) -> Exact:
        square = self.exp() * self.exp()
        return (square - 1) / (square + 1)

    def conjugate(self) -> Exact:
        return self

    def _lawless(self, name: str, shadow: float) -> Exact:
        self._use()
        frame = sys._getframe(2)
        place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
        return Exact(self.fields, shadow, (None,) * len(self.fields.primes), why=f"{name} ({place})")

    def sqrt(self) -> Exact:
        return self._lawless("sqrt", math.sqrt(self.shadow))

    def log(self) -> Exact:
        return self._lawless("log", math.log(self.shadow))

    def log1p(self) -> Exact:
        return self._lawless("log1p", math.log1p(self.shadow))

    def sin(self) -> Exact:
        return self._lawless("sin", math.sin(self.shadow))

    def cos(self) -> Exact:
        return self._lawless("cos", math.cos(self.shadow))

    # ---- conversions

    def __index__(self) -> int:
        whole = int(self.shadow)
        if self != whole:
            raise Stopped(f"an index is made from a number near {self.shadow}, which is no whole number")
        return whole

    def __int__(self) -> int:
        return self.__index__()

    def __float__(self) -> float:
        raise Stopped(
            "an exact number is made a float, which would round: arrays that take results are made like the inputs, "
            "with np.zeros_like(x) or dtype=x.dtype"
        )

    def __repr__(self) -> str:
        return f"Exact({self.shadow:g})"


def _is_number(value: Any) -> bool:
    return isinstance(value, (Exact, bool, np.bool_, int, np.integer, float, np.floating, Fraction))


def _fraction(value: float) -> Fraction | None:
    """What a literal stands for: the shortest decimal that reads back as it.

    One with more digits than people write was computed, as 1 / 3 was: it is the simplest fraction that rounds to it, or
    nothing.
    """
    decimal = Fraction(repr(value))
    digits = repr(value).lower().split("e")[0].replace(".", "").replace("-", "").strip("0")
    if len(digits) <= _WRITTEN_DIGITS:
        return decimal
    simple = Fraction(value).limit_denominator(1_000_000)
    return simple if float(simple) == value else None


# ---- arrays and files


def array_of(tensor: Tensor, fields: Fields) -> np.ndarray[Any, Any]:
    """A tensor of a probe as an array of exact numbers."""
    shape = tensor.shape[1:]
    planes = np.frombuffer(tensor.data, dtype="<i8").reshape(len(fields.primes) + 2, -1)
    shadows, degrees = planes[0].view("<f8"), planes[1].view("<f8")
    array = np.empty(planes.shape[1], dtype=object)
    for place in range(array.size):
        residues = tuple(int(word) for word in planes[2:, place])
        array[place] = Exact(fields, float(shadows[place]), residues, float(degrees[place]))
    return array.reshape(shape)


def tensor_of(value: Any, fields: Fields) -> Tensor:
    """An array of exact numbers, among which may be plain ones, as a tensor of a file."""
    array = np.asarray(value, dtype=object)
    zero = Exact(fields, 0.0, (0,) * len(fields.primes))
    numbers = [zero._literal(each) for each in array.reshape(-1)]
    shadows = struct.pack(f"<{len(numbers)}d", *(each.shadow for each in numbers))
    degrees = struct.pack(f"<{len(numbers)}d", *(each.top + each.bottom for each in numbers))
    words = [each.residues[level] for level in range(len(fields.primes)) for each in numbers]
    residues = struct.pack(f"<{len(words)}q", *(-1 if word is None else word for word in words))
    return Tensor("I64", (len(fields.primes) + 2, *array.shape), shadows + degrees + residues)


def check(
    backward: Callable[..., Any],
    layer: Source,
    *,
    forward: Callable[..., Any] | None = None,
    seeds: Iterable[int] = (1, 2, 3),
    dims: Mapping[str, int] | None = None,
) -> Judgement:
    """Runs a backward pass on exact numbers, and compares every entry with the derived gradient.

    >>> def backward(x, W, dy):
    ...     return {"dx": dy @ W.T, "dW": x.T @ dy}
    >>> check(backward, "dims B=4, I=3, O=2; input x: [B, I]; param W: [I, O]; y = x @ W; output y")["dx"].verdict
    'identical'

    :param backward: as in :func:`gradcheck.numpy.check`; the arrays have NumPy's object type.
    :param forward: called with an array for every declared name; its result is judged too, as the layer's output.
    :param seeds: one for each run; runs are independent, so that their bounds multiply.
    :raises WrongKernel: an ``AssertionError`` that says which entries differ, and why.
    :raises Stopped: where something is computed that is not exact, with its place.
    """
    __tracebackhide__ = hides_verdicts
    known = Layer.of(layer, dims)
    sizes = [argument for name, extent in (dims or {}).items() for argument in ("--dim", f"{name}={extent}")]
    with tempfile.TemporaryDirectory(prefix="gradcheck-exact-") as folder:
        path = Path(folder, "layer.expr")
        path.write_text(read(layer), encoding="utf-8")
        files: list[tuple[Path, Path]] = []
        for number, seed in enumerate(seeds):
            probe, results = Path(folder, f"probe-{number}.safetensors"), Path(folder, f"grads-{number}.safetensors")
            drawn = run(["probe", *sizes, "--dtype", "exact", "--seed", str(seed), "-o", str(probe), str(path)])
            if drawn.status != 0:
                raise GradcheckError(drawn.errors.strip() or drawn.text.strip(), status=drawn.status)
            _safetensors.write(results, _computed(backward, forward, known, _safetensors.read(probe)))
            files.append((probe, results))
        tensors: list[JudgedTensor] = judge_files(path, files, sizes, "exact")
    judgement = Judgement(tuple(tensors))
    for tensor in judgement:
        if tensor.verdict != "identical":
            raise WrongKernel(judgement)
    return judgement


def _computed(
    backward: Callable[..., Any],
    forward: Callable[..., Any] | None,
    known: Layer,
    probe: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    fields = Fields.of_tensor(probe[_HEADER])
    arrays = {name: array_of(tensor, fields) for name, tensor in probe.items() if name != _HEADER}
    results = named(backward(**arrays), [f"d{each}" for each in known.differentiable])
    if forward is not None:
        upstream = [name for name in arrays if name not in known.declared]
        if len(upstream) != 1:
            raise GradcheckError("a layer with one output is expected")
        results[upstream[0][1:]] = forward(**{name: arrays[name] for name in known.declared})
    tensors = {name: tensor_of(value, fields) for name, value in results.items()}
    return {_HEADER: fields.tensor, **tensors}
