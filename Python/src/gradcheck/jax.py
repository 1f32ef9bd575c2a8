"""Judges a backward pass in JAX: ``gradcheck.jax.check(fn, layer)``, with a ``custom_vjp`` or without."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ._api import Source
from ._judging import Judgement, Layer, hides_verdicts, judge_kernel
from ._safetensors import Tensor
from .numpy import _name_of, array_of, tensor_of


def check(
    fn: Callable[..., Any],
    layer: Source,
    *,
    dtype: Any = "float32",
    accumulate: str | None = None,
    intermediate: str | None = None,
    seeds: Iterable[int] = (1,),
    kinds: Sequence[str] | None = None,
    dims: Mapping[str, int] | None = None,
) -> Judgement:
    """Runs a function and its pullback at drawn values, and judges the output and every gradient.

    :param fn: called with an array for every declared name: by name where its signature has them all, else in the order
        of the declarations.
    :param dtype: what arrays are stored in; float64 needs JAX's ``jax_enable_x64``.
    :param accumulate: what sums are formed in.
    :param intermediate: what values between the lines are stored in; what sums are formed in where nothing is said.
    :raises WrongKernel: an ``AssertionError`` that says which entries no right backward pass computes, and where.
    """
    __tracebackhide__ = hides_verdicts
    known = Layer.of(layer, dims)
    name = _name_of(dtype)

    def kernel(probe: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
        arrays = {each: jnp.asarray(array_of(tensor)) for each, tensor in probe.items()}
        if name == "fp64" and arrays[known.declared[0]].dtype != jnp.float64:
            raise TypeError("JAX computes in float64 only with jax_enable_x64")
        fixed = {each: arrays[each] for each in known.declared if each not in known.differentiable}

        def forward(*values: Any) -> Any:
            given = {**fixed, **dict(zip(known.differentiable, values, strict=True))}
            return _call(fn, {each: given[each] for each in known.declared})

        result, pullback = jax.vjp(forward, *(arrays[each] for each in known.differentiable))
        upstream = known.upstream(probe)
        gradients = pullback(arrays[upstream[0]].astype(result.dtype) if upstream else jnp.ones_like(result))
        judged = {known.output(probe): result} if upstream else {}
        judged |= {f"d{each}": gradient for each, gradient in zip(known.differentiable, gradients, strict=True)}
        return {each: tensor_of(value, name) for each, value in judged.items()}

    judgement = judge_kernel(
        layer, kernel, dtype=name, accumulate=accumulate, intermediate=intermediate, seeds=seeds, kinds=kinds, dims=dims
    )
    return judgement.raise_for_verdict()


def _call(fn: Callable[..., Any], arrays: Mapping[str, Any]) -> Any:
    try:
        names = set(inspect.signature(fn).parameters)
    except (TypeError, ValueError):
        names = set()
    # A function with a custom_vjp takes its arguments by place only.
    if set(arrays) <= names and not isinstance(fn, jax.custom_vjp):
        return fn(**arrays)
    return fn(*arrays.values())
