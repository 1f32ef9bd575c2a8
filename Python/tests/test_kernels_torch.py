"""Custom autograd functions in PyTorch: right ones pass in float32 and bfloat16, slips of a thousandth are refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from gradcheck._judging import WrongKernel  # noqa: E402
from gradcheck.torch import check  # noqa: E402

F = torch.nn.functional

CONVOLUTION = """\
dims N=2, C=3, O=4, H=6, K=3
input x: [N, C, H, H]
param w: [O, C, K, K]
y = conv2d(x, w, padding=1)
"""

RMS_NORM = """\
dims R=4, D=8
input x: [R, D]
param g: [D]
y = x * rsqrt(mean(x**2, axis=1, keepdims=True) + 1e-5) * g
"""

SWIGLU = """\
dims B=4, I=6, H=5
input x: [B, I]
param V: [I, H], W: [I, H]
y = silu(x @ V) * (x @ W)
"""

ATTENTION = """\
dims B=2, T=5, D=4
input q: [B, T, D], k: [B, T, D], v: [B, T, D]
y = softmax(q @ k.mT / 2) @ v
"""


def wide(*tensors: Any) -> list[Any]:
    """Tensors as a kernel holds them in its registers: 16-bit ones in float32."""
    return [each.float() if each.dtype in (torch.bfloat16, torch.float16) else each for each in tensors]


class Convolution(torch.autograd.Function):
    slip = 0.0

    @staticmethod
    def forward(ctx: Any, x: Any, w: Any) -> Any:
        ctx.save_for_backward(x, w)
        a, b = wide(x, w)
        return F.conv2d(a, b, padding=1).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        x, w = ctx.saved_tensors
        a, b, g = wide(x, w, dy)
        dx = F.conv_transpose2d(g, b, padding=1)
        dw = F.conv2d(a.transpose(0, 1), g.transpose(0, 1), padding=1).transpose(0, 1).clone()
        dw[1] *= 1 + Convolution.slip
        return dx.to(x.dtype), dw.to(w.dtype)


class RMSNorm(torch.autograd.Function):
    slip = 0.0

    @staticmethod
    def forward(ctx: Any, x: Any, g: Any) -> Any:
        ctx.save_for_backward(x, g)
        a, b = wide(x, g)
        return (a * torch.rsqrt((a * a).mean(1, keepdim=True) + 1e-5) * b).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        x, g = ctx.saved_tensors
        a, b, d = wide(x, g, dy)
        r = torch.rsqrt((a * a).mean(1, keepdim=True) + 1e-5)
        dg = (d * a * r).sum(0)
        t = d * b
        dx = t * r - (1 + RMSNorm.slip) * a * r**3 * (t * a).mean(1, keepdim=True)
        return dx.to(x.dtype), dg.to(g.dtype)


class SwiGLU(torch.autograd.Function):
    slip = 0.0

    @staticmethod
    def forward(ctx: Any, x: Any, V: Any, W: Any) -> Any:
        ctx.save_for_backward(x, V, W)
        a, v, w = wide(x, V, W)
        return (F.silu(a @ v) * (a @ w)).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        x, V, W = ctx.saved_tensors
        a, v, w, d = wide(x, V, W, dy)
        z, u = a @ v, a @ w
        s = torch.sigmoid(z)
        du = d * z * s
        dz = d * u * (s + (1 + SwiGLU.slip) * z * s * (1 - s))
        return (dz @ v.T + du @ w.T).to(x.dtype), (a.T @ dz).to(V.dtype), (a.T @ du).to(W.dtype)


class Attention(torch.autograd.Function):
    slip = 0.0

    @staticmethod
    def forward(ctx: Any, q: Any, k: Any, v: Any) -> Any:
        ctx.save_for_backward(q, k, v)
        a, b, c = wide(q, k, v)
        return (torch.softmax(a @ b.mT / math.sqrt(4), dim=-1) @ c).to(q.dtype)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        q, k, v = ctx.saved_tensors
        a, b, c, d = wide(q, k, v, dy)
        p = torch.softmax(a @ b.mT / 2, dim=-1)
        dp = d @ c.mT
        ds = p * (dp - (p * dp).sum(-1, keepdim=True)) / 2
        dq = ds @ b
        dq[:, 2] *= 1 + Attention.slip
        return dq.to(q.dtype), (ds.mT @ a).to(k.dtype), (p.mT @ d).to(v.dtype)


FUNCTIONS = [
    (Convolution, CONVOLUTION, "dw"),
    (RMSNorm, RMS_NORM, "dx"),
    (SwiGLU, SWIGLU, "dV"),
    (Attention, ATTENTION, "dq"),
]
EVERY = pytest.mark.parametrize(
    ("function", "layer", "slips"), FUNCTIONS, ids=lambda each: getattr(each, "__name__", None)
)
TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)


@EVERY
@TYPES
def test_right_functions_pass(function: Any, layer: str, slips: str, dtype: Any) -> None:
    judgement = check(function.apply, layer, dtype=dtype, seeds=(1, 2))
    assert judgement.ok
    assert "y" in {tensor.name for tensor in judgement}


@EVERY
@TYPES
def test_slips_of_a_thousandth_are_refused(
    function: Any, layer: str, slips: str, dtype: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(function, "slip", 1e-3)
    with pytest.raises(WrongKernel, match=rf"{slips}: wrong") as caught:
        check(function.apply, layer, dtype=dtype, seeds=range(1, 5))
    worst = caught.value.judgement[slips]
    assert worst.entry is not None and worst.beyond > 0
    if function is Convolution:
        assert worst.entry[0] == 1
    if function is Attention:
        assert worst.entry[1] == 2


def test_a_module_with_names_of_its_own() -> None:
    layer = "dims B=4, I=3, O=5; input x: [B, I]; param W: [O, I], b: [O]; y = linear(x, W, b)"
    module = torch.nn.Linear(3, 5)
    before = module.weight.clone()
    assert check(module, layer, parameters={"W": "weight", "b": "bias"}).ok
    assert (module.weight == before).all()
    with pytest.raises(TypeError, match="no parameter `W`"):
        check(module, layer)


def test_arguments_by_name_a_loss_and_a_gradient_that_is_zero() -> None:
    layer = "dims B=4, I=3; input x: [B, I], t: [B, I]; loss L = sum((x - t)**2) / 2"
    assert check(lambda t, x: ((x - t) ** 2).sum() / 2, layer).ok
    unused = "dims n=4; input x: [n], z: [n]; y = 2*x + 0*z"
    assert check(lambda x, z: 2 * x, unused).ok


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="floating-point"):
        check(lambda x: x, "dims n; input x: [n]; y = 2*x", dtype=torch.int64)
