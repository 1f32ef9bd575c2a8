"""The magics, in a shell of IPython."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gradcheck

interactive = pytest.importorskip("IPython.testing.globalipapp")


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    shell = interactive.start_ipython() or interactive.get_ipython()
    shell.run_line_magic("load_ext", "gradcheck")
    yield shell


def test_a_cell_is_a_file(shell: Any, wrong: str) -> None:
    report = shell.run_cell_magic("gradcheck", "--as kept", wrong)
    assert report["db"].is_wrong
    assert shell.user_ns["kept"] is report


def test_a_line_holds_statements_or_a_file(shell: Any, tmp_path: Path, right: str) -> None:
    report = shell.run_line_magic("gradcheck", "'input x: [3]; loss L = sum(x**2); check dx = 2*x'")
    assert report.ok
    path = tmp_path / "layer.expr"
    path.write_text(right)
    assert shell.run_line_magic("gradcheck", str(path)).ok


def test_options(shell: Any, right: str) -> None:
    pass_ = shell.run_cell_magic("gradcheck", "--derive --wrt W", right)
    assert [gradient.name for gradient in pass_][-1] == "dW"
    assert "\\mathrm" in shell.run_cell_magic("gradcheck", "--notation latex", right)
    assert shell.run_cell_magic("gradcheck", "--dim B=7", right).files[0].dims["B"] == 7
    shell.user_ns["point"] = {"x": [[1, 2, 3]] * 4}
    assert shell.run_cell_magic("gradcheck", "--at point", right) is not None
    with pytest.raises(gradcheck.WrongGradient):
        shell.run_cell_magic("gradcheck", "--raise", right.replace("axis=0", "axis=0) + sum(z, axis=0"))


@pytest.mark.parametrize("line", ["--nonsense", "--dim B", "--at nothing", "--wrt nothing"])
def test_wrong_options_are_usage_errors(shell: Any, right: str, line: str) -> None:
    from IPython.core.error import UsageError

    with pytest.raises(UsageError, match="%%gradcheck"):
        shell.run_cell_magic("gradcheck", line, right)
