"""Judges a backward pass written in NumPy: ``gradcheck.numpy.check(backward, layer)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ._api import Source
from ._judging import Judgement, Layer, hides_verdicts, judge_kernel
from ._safetensors import Tensor

_FORMATS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}
_NAMES = {"float64": "fp64", "float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}


def check(
    backward: Callable[..., Any],
    layer: Source,
    *,
    forward: Callable[..., Any] | None = None,
    dtype: Any = "float32",
    accumulate: str | None = None,
    intermediate: str | None = None,
    seeds: Iterable[int] = (1,),
    kinds: Sequence[str] | None = None,
    dims: Mapping[str, int] | None = None,
) -> Judgement:
    """Runs a backward pass at drawn values and judges every entry that it computed.

    >>> def backward(x, W, dy):
    ...     return {"dx": dy @ W.T, "dW": x.T @ dy}
    >>> gradcheck.numpy.check(backward, "dims B=4, I=3, O=2; input x: [B, I]; param W: [I, O]; y = x @ W").ok
    True

    :param backward: called with an array for every declared name, by name, and the upstream gradient (``dy`` for an
        output ``y``; none for a loss). Gives the gradients, by name or in the order of declaration; ``None`` for one
        that is not to be judged.
    :param layer: the layer, as text or a path.
    :param forward: called with an array for every declared name; its result is judged too, as the layer's output.
    :param dtype: what is stored, a floating-point type of NumPy; ``bfloat16`` needs the package ``ml_dtypes``.
    :param accumulate: what sums are formed in, ``"fp64"``, ``"fp32"``, ``"fp16"`` or ``"bf16"``.
    :param intermediate: what values between the lines are stored in; what sums are formed in where nothing is said.
    :param seeds: the seeds of the probes of each kind.
    :param kinds: some of ``integer``, ``normal`` and ``sparse``; all where nothing is said.
    :raises WrongKernel: an ``AssertionError`` that says which entries no right backward pass computes, and where.
    """
    __tracebackhide__ = hides_verdicts
    known = Layer.of(layer, dims)
    name = _name_of(dtype)

    def kernel(probe: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        arrays = {each: array_of(tensor) for each, tensor in probe.items()}
        results = named(backward(**arrays), [f"d{each}" for each in known.differentiable])
        if forward is not None:
            output = known.output(probe)
            results[output] = forward(**{each: arrays[each] for each in known.declared})
        return {each: tensor_of(value, name) for each, value in results.items()}

    judgement = judge_kernel(
        layer, kernel, dtype=name, accumulate=accumulate, intermediate=intermediate, seeds=seeds, kinds=kinds, dims=dims
    )
    return judgement.raise_for_verdict()


def named(result: Any, names: Sequence[str]) -> dict[str, Any]:
    """Gradients by name: as they were given, or in the order of the declarations; without those that are ``None``.

    None goes missing by accident: what a backward pass forgot would count as right.

    :raises TypeError: when there are fewer or more than there should be.
    """
    if isinstance(result, Mapping):
        given = dict(result)
    else:
        values = list(result) if isinstance(result, (tuple, list)) else [result]
        if len(values) != len(names):
            raise TypeError(f"{len(names)} gradients are expected ({', '.join(names)}), and {len(values)} were given")
        given = dict(zip(names, values, strict=True))
    if set(given) != set(names):
        raise TypeError(f"gradients are expected for {', '.join(names)}, and given for {', '.join(given)}")
    return {name: value for name, value in given.items() if value is not None}


def array_of(tensor: Tensor) -> np.ndarray[Any, Any]:
    """A tensor of a file as an array."""
    if tensor.format == "BF16":
        return np.frombuffer(tensor.data, dtype=_bfloat16()).reshape(tensor.shape).copy()
    return np.frombuffer(tensor.data, dtype=_FORMATS[tensor.format]).reshape(tensor.shape).copy()


def tensor_of(value: Any, name: str) -> Tensor:
    """An array as a tensor of a file, in its own type.

    :raises TypeError: for an array of another type than floating-point numbers.
    """
    array = np.asarray(value)
    own = _NAMES.get(array.dtype.name)
    if own is None:
        raise TypeError(f"gradients are floating-point arrays, not {array.dtype.name}")
    formats = {"fp64": "F64", "fp32": "F32", "fp16": "F16", "bf16": "BF16"}
    little = np.ascontiguousarray(array)
    if little.dtype.byteorder == ">":
        little = little.astype(little.dtype.newbyteorder("<"))
    return Tensor(formats[own], array.shape, little.tobytes())


def _name_of(dtype: Any) -> str:
    if str(dtype) in ("bfloat16", "bf16"):
        _bfloat16()
        return "bf16"
    name = _NAMES.get(np.dtype(dtype).name)
    if name is None:
        raise TypeError(f"kernels are judged in floating-point types, not {np.dtype(dtype).name}")
    return name


def _bfloat16() -> np.dtype[Any]:
    try:
        import ml_dtypes
    except ImportError:
        raise TypeError("NumPy has no bfloat16 by itself: install ml_dtypes") from None
    bfloat16: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return bfloat16
