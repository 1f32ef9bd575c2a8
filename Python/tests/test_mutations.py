"""Slips in claims that hold: every one is refuted, or equal after all."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import gradcheck
from gradcheck._mutations import mutants

LAYER = """\
dims B=4, I=3, H=5
input x: [B, I]
param W: [I, H], b: [H]
y = x @ W + b
check db = sum(dy, axis=0)  # over the batch
check dW = x.T @ dy
check dx = dy @ W
"""


def test_slips_are_planted_one_at_a_time() -> None:
    changed = [(each.line, each.slip, each.text.splitlines()[each.line - 1]) for each in mutants(LAYER)]
    assert (5, "mean for sum", "check db = mean(dy, axis=0)  # over the batch") in changed
    assert (5, "number", "check db = sum(dy, axis=1)  # over the batch") in changed
    assert (6, "transpose dropped", "check dW = x @ dy") in changed
    assert (6, "factors exchanged", "check dW = dy @ x.T") in changed
    assert (7, "factor", "check dx = 2 * (dy @ W)") in changed
    for each in mutants(LAYER):
        assert sum(a != b for a, b in zip(each.text.splitlines(), LAYER.splitlines(), strict=True)) == 1


@pytest.mark.parametrize("executor", [None, lambda: ProcessPoolExecutor(2)])
def test_all_are_refuted(tmp_path: Path, executor: object) -> None:
    path = tmp_path / "layer.expr"
    path.write_text(LAYER)
    report = gradcheck.mutation_campaign(path, executor=executor)  # type: ignore[arg-type]
    # The last claim does not hold as it stands, and gets no slips.
    assert {each.mutant.line for each in report.verdicts} == {5, 6}
    assert len(report.refuted) == len(report.verdicts) == 6
    assert not report.standing and report.named
    assert "6 slips: 6 refuted" in str(report)


def test_what_is_no_slip_stands(tmp_path: Path) -> None:
    path = tmp_path / "one.expr"
    path.write_text("dims n=3\ninput x: [1, n]\ny = 2*x\ncheck dx = 2 * sum(dy, axis=0, keepdims=True)\n")
    report = gradcheck.mutation_campaign(path)
    assert [each.mutant.slip for each in report.standing] == ["mean for sum"]


def test_a_wrong_file_raises(tmp_path: Path) -> None:
    path = tmp_path / "wrong.expr"
    path.write_text("input x [3]\n")
    with pytest.raises(gradcheck.GradcheckError):
        gradcheck.mutation_campaign(path)
