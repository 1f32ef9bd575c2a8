"""``jax.custom_vjp``: a right one passes, a slip of a thousandth is refused."""

from __future__ import annotations

from typing import Any

import pytest

jax = pytest.importorskip("jax")

import jax.numpy as jnp  # noqa: E402

from gradcheck._judging import WrongKernel  # noqa: E402
from gradcheck.jax import check  # noqa: E402

LAYER = """\
dims R=4, D=8
input x: [R, D]
param g: [D]
y = x * rsqrt(mean(x**2, axis=1, keepdims=True) + 1e-5) * g
"""


def rms_norm(slip: float) -> Any:
    def forward(x: Any, g: Any) -> Any:
        return (x * jax.lax.rsqrt(jnp.mean(x * x, axis=1, keepdims=True) + 1e-5) * g).astype(x.dtype)

    def forward_for_backward(x: Any, g: Any) -> Any:
        return forward(x, g), (x, g)

    def backward(saved: Any, dy: Any) -> Any:
        x, g = saved
        r = jax.lax.rsqrt(jnp.mean(x * x, axis=1, keepdims=True) + 1e-5)
        t = dy * g
        dx = t * r - (1 + slip) * x * r**3 * jnp.mean(t * x, axis=1, keepdims=True)
        return dx, jnp.sum(dy * x * r, axis=0)

    function = jax.custom_vjp(forward)
    function.defvjp(forward_for_backward, backward)
    return function


def test_a_right_custom_vjp_passes() -> None:
    assert check(rms_norm(0), LAYER, seeds=(1, 2)).ok


def test_a_slip_of_a_thousandth_is_refused() -> None:
    with pytest.raises(WrongKernel, match="dx: wrong"):
        check(rms_norm(1e-3), LAYER, seeds=(1, 2))


def test_plain_functions_too() -> None:
    layer = "dims B=4, I=3, O=2; input x: [B, I]; param W: [I, O]; const m: [B, O]; z = x @ W; y = z * m"
    assert check(lambda x, W, m: (x @ W) * m, layer, dtype="bfloat16", intermediate="bf16").ok
