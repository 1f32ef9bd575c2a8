"""Backward passes judged by their numbers: right ones pass, slips of a thousandth are refused, with the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gradcheck
from gradcheck import _safetensors
from gradcheck._judging import Judgement, WrongKernel

np = pytest.importorskip("numpy")

DENSE = "dims B=4, I=3, O=5; input x: [B, I]; param W: [I, O], b: [O]; y = x @ W + b"


def dense_backward(x: Any, W: Any, b: Any, dy: Any) -> tuple[Any, Any, Any]:
    return dy @ W.T, x.T @ dy, dy.sum(axis=0)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_a_right_pass_in_numpy(dtype: str) -> None:
    from gradcheck.numpy import check

    # NumPy adds float16 in float16.
    sums = "fp16" if dtype == "float16" else None
    judgement = check(
        dense_backward, DENSE, dtype=dtype, accumulate=sums, seeds=(1, 2), forward=lambda x, W, b: x @ W + b
    )
    assert judgement.ok
    assert {tensor.name for tensor in judgement} == {"y", "dx", "dW", "db"}
    # Whole numbers are not rounded at all.
    assert {each.verdict for each in judgement if each.probe.startswith("integer")} == {"exact"}


def test_a_slip_of_a_thousandth_in_numpy() -> None:
    from gradcheck.numpy import check

    def slipped(x: Any, W: Any, b: Any, dy: Any) -> dict[str, Any]:
        dx, dW, db = dense_backward(x, W, b, dy)
        db = db.copy()
        db[2] *= np.float32(1.001)
        return {"dx": dx, "dW": dW, "db": db}

    with pytest.raises(AssertionError, match=r"db\[2\]") as caught:
        check(slipped, DENSE, seeds=range(1, 4))
    assert isinstance(caught.value, WrongKernel)
    judgement = caught.value.judgement
    assert judgement["db"].is_wrong and judgement["dx"].holds and judgement["dW"].holds
    assert judgement["db"].entry == (2,)
    assert "db" in judgement._repr_html_()


def test_what_is_not_finite_is_wrong() -> None:
    from gradcheck.numpy import check

    def broken(x: Any, W: Any, b: Any, dy: Any) -> tuple[Any, Any, Any]:
        dx, dW, db = dense_backward(x, W, b, dy)
        return dx, dW, np.where(np.arange(len(db)) == 1, np.float32("nan"), db)

    with pytest.raises(WrongKernel, match="db"):
        check(broken, DENSE)


def test_another_number_of_gradients_is_an_error() -> None:
    from gradcheck.numpy import check

    with pytest.raises(TypeError, match="3 gradients are expected"):
        check(lambda **_: (), DENSE)
    with pytest.raises(TypeError, match="gradients are expected for dx, dW, db, and given for dx"):
        check(lambda x, dy, W, **_: {"dx": dy @ W.T}, DENSE)
    with pytest.raises(gradcheck.GradcheckError):
        check(lambda **_: {"dx": np.zeros((2, 2), "float32"), "dW": None, "db": None}, DENSE)
    with pytest.raises(gradcheck.GradcheckError):
        check(dense_backward, "dims n; input x [n]")
    with pytest.raises(TypeError, match="not int64"):
        check(dense_backward, DENSE, dtype="int64")


def test_some_gradients_may_be_left_out() -> None:
    from gradcheck.numpy import check

    judgement = check(lambda x, dy, W, **_: {"dx": dy @ W.T, "dW": None, "db": None}, DENSE)
    assert {tensor.name for tensor in judgement} == {"dx"}


def test_nothing_judged_is_nothing_right() -> None:
    assert not Judgement(()).ok
    with pytest.raises(WrongKernel, match="nothing was judged"):
        Judgement(()).raise_for_verdict()


def test_files_of_tensors(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    tensors = {
        "x": _safetensors.Tensor("F32", (2, 1), np.array([[1.5], [-2]], "<f4").tobytes()),
        "empty": _safetensors.Tensor("F64", (0, 3), b""),
        "scalar": _safetensors.Tensor("BF16", (), b"\x80\x3f"),
    }
    _safetensors.write(path, tensors)
    assert _safetensors.read(path) == tensors
    with pytest.raises(ValueError, match="bytes are not"):
        _safetensors.Tensor("F32", (2,), b"")
    path.write_bytes(b"\xff" * 20)
    with pytest.raises(ValueError, match="longer than the file"):
        _safetensors.read(path)
