"""Backward passes in NumPy without rounding: right ones are identical, and a slip of any size is refused and named."""

from __future__ import annotations

from typing import Any

import pytest

np = pytest.importorskip("numpy")

from gradcheck import Exact  # noqa: E402
from gradcheck._judging import WrongKernel  # noqa: E402
from gradcheck.exact import Stopped, _fraction, check  # noqa: E402

SOFTMAX = "dims R=3, D=4; input x: [R, D]; param w: [D, D]; y = softmax(x @ w) * sigmoid(x); output y"


def softmax_backward(x: Any, w: Any, dy: Any) -> dict[str, Any]:
    z = x @ w
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    s = 1 / (1 + np.exp(-x))
    up = dy * s
    dz = p * (up - (up * p).sum(axis=1, keepdims=True))
    return {"dx": dz @ w.T + dy * p * s * (1 - s), "dw": x.T @ dz}


def test_a_right_pass_is_identical() -> None:
    judgement = check(softmax_backward, SOFTMAX)
    assert {tensor.verdict for tensor in judgement} == {"identical"}
    assert all((tensor.false_accept_bits or 0) >= 60 for tensor in judgement)


def test_a_relu_and_a_mean() -> None:
    def backward(x: Any, w: Any, b: Any, dy: Any) -> tuple[Any, ...]:
        z = x @ w + b
        assert z.dtype == object and isinstance(z[0, 0], Exact)
        dz = np.where(z > 0, dy, 0) / len(x)
        return dz @ w.T, x.T @ dz, dz.sum(axis=0)

    def forward(x: Any, w: Any, b: Any) -> Any:
        return np.maximum(x @ w + b, 0) / len(x)

    layer = "dims B=3, I=4, O=2; input x: [B, I]; param w: [I, O], b: [O]; y = relu(x @ w + b) / B; output y"
    assert {each.name for each in check(backward, layer, forward=forward)} == {"y", "dx", "dw", "db"}


def test_a_slip_of_a_millionth_is_refused_and_named() -> None:
    def slipped(x: Any, w: Any, dy: Any) -> dict[str, Any]:
        results = softmax_backward(x, w, dy)
        return {**results, "dw": results["dw"] * 1.000001}

    with pytest.raises(WrongKernel) as caught:
        check(slipped, SOFTMAX, seeds=(1, 2))
    wrong = caught.value.judgement["dw"]
    assert wrong.is_wrong and wrong.cause is not None and "1000001/1000000 times" in wrong.cause
    assert caught.value.judgement["dx"].verdict == "identical"


def test_a_root_is_returned_and_not_used_further() -> None:
    layer = "dims n=3; input x: [n] positive; y = x * x; output y"
    with pytest.raises(Stopped, match=r"sqrt \(test_exact\.py:\d+\) is used further"):
        check(lambda x, dy: {"dx": np.sqrt(x) * np.sqrt(x) * 2 * dy}, layer)
    with pytest.raises(WrongKernel) as caught:
        check(lambda x, dy: {"dx": np.sqrt(x)}, layer)
    assert caught.value.judgement["dx"].verdict == "undecided"


def test_a_float_is_not_made() -> None:
    def rounding(x: Any, dy: Any) -> Any:
        result = np.zeros(x.shape)
        result[:] = 2 * x * dy
        return result

    with pytest.raises(Stopped, match="would round"):
        check(rounding, "dims n=3; input x: [n]; y = x * x; output y")


@pytest.mark.parametrize(
    ("literal", "fraction"), [(0.1, (1, 10)), (1e-5, (1, 100000)), (1 / 3, (1, 3)), (0.044715, (8943, 200000))]
)
def test_literals_are_what_people_write(literal: float, fraction: tuple[int, int]) -> None:
    found = _fraction(literal)
    assert found is not None and (found.numerator, found.denominator) == fraction


def test_a_computed_root_is_no_fraction() -> None:
    assert _fraction(2**0.5) is None
