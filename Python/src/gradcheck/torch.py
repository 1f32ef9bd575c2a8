"""Judges a backward pass in PyTorch: ``gradcheck.torch.check(fn, layer)``.

``fn`` is whatever autograd can go back through: a function, the ``apply`` of a ``torch.autograd.Function``, an
``nn.Module``, a compiled function, a Triton kernel with its backward.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

from ._api import Source
from ._judging import Judgement, Layer, hides_verdicts, judge_kernel
from ._safetensors import Tensor

_TYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
}
_FORMATS = {dtype: name for name, dtype in _TYPES.items()}
_NAMES = {torch.float64: "fp64", torch.float32: "fp32", torch.float16: "fp16", torch.bfloat16: "bf16"}


def check(
    fn: Callable[..., Any],
    layer: Source,
    *,
    dtype: torch.dtype = torch.float32,
    accumulate: str | torch.dtype | None = None,
    intermediate: str | torch.dtype | None = None,
    seeds: Iterable[int] = (1,),
    kinds: Sequence[str] | None = None,
    device: str | torch.device = "cpu",
    parameters: Mapping[str, str] | None = None,
    dims: Mapping[str, int] | None = None,
) -> Judgement:
    """Runs a function forward and backward at drawn values, and judges the output and every gradient.

    :param fn: called with a tensor for every declared name: by name where its signature has them all, else in the order
        of the declarations. A module is called with those that are not its parameters.
    :param layer: the layer, as text or a path.
    :param dtype: what tensors are stored in.
    :param accumulate: what sums are formed in: float32 for 16-bit tensors where nothing is said, else their own type.
    :param intermediate: what values between the lines are stored in; what sums are formed in where nothing is said.
    :param seeds: the seeds of the probes of each kind.
    :param kinds: some of ``integer``, ``normal`` and ``sparse``; all where nothing is said.
    :param device: where the function runs.
    :param parameters: for a module, its names of the layer's parameters, such as ``{"W": "linear.weight"}``.
    :raises WrongKernel: an ``AssertionError`` that says which entries no right backward pass computes, and where.
    """
    __tracebackhide__ = hides_verdicts
    if dtype not in _NAMES:
        raise TypeError(f"kernels are judged in floating-point types, not {dtype}")
    known = Layer.of(layer, dims)
    call = _caller(fn, known, parameters or {})

    def kernel(probe: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        tensors = {name: tensor_of_file(each).to(device) for name, each in probe.items()}
        leaves = {name: tensors[name].requires_grad_(name in known.differentiable) for name in known.declared}
        result = call(leaves)
        if not isinstance(result, torch.Tensor):
            raise TypeError(f"one tensor is expected as the result, not {type(result).__name__}")
        upstream = known.upstream(probe)
        torch.autograd.backward(result, tensors[upstream[0]].to(result.dtype) if upstream else None)
        judged = {known.output(probe): result.detach()} if upstream else {}
        for name in known.differentiable:
            gradient = leaves[name].grad
            # Autograd says None where the result does not depend on a tensor: the gradient is zero.
            judged[f"d{name}"] = torch.zeros_like(leaves[name]) if gradient is None else gradient
        return {name: file_tensor_of(each) for name, each in judged.items()}

    judgement = judge_kernel(
        layer,
        kernel,
        dtype=_NAMES[dtype],
        accumulate=_named(accumulate),
        intermediate=_named(intermediate),
        seeds=seeds,
        kinds=kinds,
        dims=dims,
    )
    return judgement.raise_for_verdict()


def _named(dtype: str | torch.dtype | None) -> str | None:
    return _NAMES[dtype] if isinstance(dtype, torch.dtype) else dtype


def _caller(
    fn: Callable[..., Any], layer: Layer, parameters: Mapping[str, str]
) -> Callable[[Mapping[str, torch.Tensor]], Any]:
    if isinstance(fn, torch.nn.Module):
        return _module_caller(fn, layer, parameters)
    try:
        names = set(inspect.signature(fn).parameters)
    except (TypeError, ValueError):
        names = set()
    if set(layer.declared) <= names:
        return lambda tensors: fn(**tensors)
    return lambda tensors: fn(*tensors.values())


def _module_caller(
    module: torch.nn.Module, layer: Layer, parameters: Mapping[str, str]
) -> Callable[[Mapping[str, torch.Tensor]], Any]:
    own = dict(module.named_parameters())
    mapping = {name: parameters.get(name, name) for name in layer.parameters}
    for name, theirs in mapping.items():
        if theirs not in own:
            raise TypeError(f"the module has no parameter `{theirs}` for `{name}`; it has {', '.join(own)}")
    unused = set(own) - set(mapping.values())
    if unused:
        raise TypeError(f"the layer has no parameter for the module's {', '.join(sorted(unused))}")

    def call(tensors: Mapping[str, torch.Tensor]) -> Any:
        swapped = {theirs: tensors[name] for name, theirs in mapping.items()}
        rest = tuple(tensor for name, tensor in tensors.items() if name not in mapping)
        return torch.func.functional_call(module, swapped, rest)

    return call


def tensor_of_file(tensor: Tensor) -> torch.Tensor:
    """A tensor of a file as PyTorch's."""
    if not tensor.data:
        return torch.empty(tensor.shape, dtype=_TYPES[tensor.format])
    return torch.frombuffer(bytearray(tensor.data), dtype=_TYPES[tensor.format]).reshape(tensor.shape)


def file_tensor_of(tensor: torch.Tensor) -> Tensor:
    """A tensor as it lies in a file, in its own type."""
    if tensor.dtype not in _FORMATS:
        raise TypeError(f"there is no format for {tensor.dtype}")
    flat = tensor.detach().to("cpu").contiguous().reshape(-1)
    return Tensor(_FORMATS[tensor.dtype], tuple(tensor.shape), flat.view(torch.uint8).numpy().tobytes())
