"""Exact numbers, as they go into the program and come out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import TYPE_CHECKING, Any, Union

from . import _show

if TYPE_CHECKING:
    import numpy

#: An entry: an integer or a fraction where the value is rational, else its digits, all of them right.
Number = Union[int, Fraction, Decimal]

#: An entry, or nested lists of entries.
Nested = Union[Number, list["Nested"]]


def to_json(value: Any) -> Any:
    """A number, nested sequences or an array as the program reads them, without rounding.

    A float is the binary fraction that it is: ``0.1`` becomes ``3602879701896397/36028797018963968``. Who means one
    tenth says ``Fraction(1, 10)``, ``Decimal("0.1")`` or ``"1/10"``.

    :raises ValueError: for a number that is not finite.
    :raises TypeError: for what is no number.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Rational):
        return _ratio(int(value.numerator), int(value.denominator))
    if isinstance(value, (float, Decimal)):
        return _exactly(value)
    if hasattr(value, "detach"):  # a tensor of PyTorch, whose bfloat16 NumPy does not know
        value = value.detach().cpu().tolist()
        return to_json(value)
    if hasattr(value, "tolist"):  # arrays and scalars of NumPy and JAX
        return to_json(value.tolist())
    if isinstance(value, Sequence):
        return [to_json(each) for each in value]
    raise TypeError(f"a point holds numbers and nested sequences of numbers, not {type(value).__name__}")


def _exactly(value: float | Decimal) -> int | str:
    try:
        return _ratio(*value.as_integer_ratio())
    except (OverflowError, ValueError):
        raise ValueError(f"a point holds finite numbers, not {value}") from None


def _ratio(numerator: int, denominator: int) -> int | str:
    # As text, since integers beyond 2**53 are not safe as numbers of JSON.
    if denominator != 1:
        return f"{numerator}/{denominator}"
    return numerator if abs(numerator) < 2**53 else str(numerator)


def from_json(value: Any) -> Nested:
    """What the program printed, as exact numbers."""
    if isinstance(value, list):
        return [from_json(each) for each in value]
    if isinstance(value, int):
        return value
    text = str(value)
    if "/" in text:
        return Fraction(text)
    number = Decimal(text)
    return int(text) if text.lstrip("-").isdigit() else number


@dataclass(frozen=True)
class Values(Mapping[str, Nested]):
    """The output and every gradient at a point: a mapping from names to nested lists of exact numbers."""

    entries: Mapping[str, Nested]
    #: What the point left out and was drawn.
    drawn: Mapping[str, Nested] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)
    #: Where a function has no derivative at this point, in sentences.
    kinks: tuple[str, ...] = ()
    seed: int | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Values:
        return cls(
            entries={name: from_json(each) for name, each in value["values"].items()},
            drawn={name: from_json(each) for name, each in value.get("drawn", {}).items()},
            dims=value.get("dims", {}),
            kinks=tuple(value.get("kinks", ())),
            seed=value.get("seed"),
            raw=value,
        )

    def __getitem__(self, name: str) -> Nested:
        return self.entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def shape(self, name: str) -> tuple[int, ...]:
        """The extents of a value's axes."""
        extents = []
        level: Nested = self[name]
        while isinstance(level, list):
            extents.append(len(level))
            if not level:
                break
            level = level[0]
        return tuple(extents)

    def array(self, name: str, dtype: Any = "float64") -> numpy.ndarray[Any, Any]:
        """A value as an array of NumPy, each entry rounded once; ``dtype=object`` keeps them exact."""
        import numpy

        if numpy.dtype(dtype) == numpy.dtype(object):
            return numpy.array(self[name], dtype=object).reshape(self.shape(name))
        return numpy.array(_floats(self[name]), dtype=numpy.float64).astype(dtype).reshape(self.shape(name))

    def _repr_html_(self) -> str:
        return _show.values_html(self)


def _floats(value: Nested) -> Any:
    return [_floats(each) for each in value] if isinstance(value, list) else float(value)
