"""pytest collects every ``*.expr``: a file of tests, one a claim.

Options of the configuration: ``gradcheck_files`` (patterns, ``*.expr`` where nothing is said; empty collects none) and
``gradcheck_undecided`` (``fail``, ``skip`` or ``xfail``: what an undecided claim comes to).
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from . import _statements
from ._api import check
from ._errors import GradcheckError
from ._report import Claim, Report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("gradcheck_files", "patterns of the names of files with claims", type="args", default=["*.expr"])
    parser.addini("gradcheck_undecided", "what an undecided claim comes to: fail, skip or xfail", default="fail")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExprFile | None:
    patterns = parent.config.getini("gradcheck_files")
    if any(fnmatch(file_path.name, pattern) for pattern in patterns):
        file: ExprFile = ExprFile.from_parent(parent, path=file_path)
        return file
    return None


class ExprFile(pytest.File):
    """A file of the expression language. It is checked once, when its first test runs."""

    _report: Report | None = None

    @property
    def report(self) -> Report:
        if self._report is None:
            self._report = check(self.path)
        return self._report

    def collect(self) -> Iterator[pytest.Item]:
        statements = _statements.claims(self.path.read_text(encoding="utf-8", errors="replace"))
        seen = [statement.name for statement in statements]
        yield FileTest.from_parent(self, name="file", lines=frozenset(each.line for each in statements))
        for statement in statements:
            unique = seen.count(statement.name) == 1 and statement.name != "file"
            name = statement.name if unique else f"{statement.name}:{statement.line}"
            yield ClaimTest.from_parent(self, name=name, line=statement.line)


class _ExprItem(pytest.Item):
    """A test of a file."""

    @property
    def report(self) -> Report:
        parent = self.parent
        assert isinstance(parent, ExprFile)
        return parent.report

    def confirm_readable(self) -> None:
        errors = [each for each in self.report.diagnostics if each.severity == "error"]
        if errors or self.report.status == 2:
            raise FailedClaims(self.report.text or "\n".join(map(str, errors)))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, (FailedClaims, GradcheckError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style=style)


class FailedClaims(Exception):
    """Claims that do not hold, as text for people."""


class FileTest(_ExprItem):
    """The file is understood, and no claim of it goes untested."""

    def __init__(self, *, lines: frozenset[int], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.lines = lines

    def runtest(self) -> None:
        self.confirm_readable()
        missed = [claim for claim in self.report.claims if claim.line not in self.lines]
        _judge(missed, self.config, self.report)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, "file"


class ClaimTest(_ExprItem):
    """The claims of one line hold."""

    def __init__(self, *, line: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.line = line

    def runtest(self) -> None:
        self.confirm_readable()
        claims = [claim for claim in self.report.claims if claim.line == self.line]
        if not claims:
            raise FailedClaims(f"the program judged no claim of line {self.line}\n\n{self.report.text}")
        _judge(claims, self.config, self.report)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name


def _judge(claims: list[Claim], config: pytest.Config, report: Report) -> None:
    failing = [claim for claim in claims if not claim.holds]
    if not failing:
        return
    text = "\n".join(str(claim) for claim in failing)
    if any(claim.is_wrong for claim in failing):
        raise FailedClaims(f"{text}\n\n{report.text}")
    choice = config.getini("gradcheck_undecided")
    if choice == "skip":
        pytest.skip(text)
    if choice == "xfail":
        pytest.xfail(text)
    if choice != "fail":
        raise pytest.UsageError(f"gradcheck_undecided is fail, skip or xfail, not {choice!r}")
    raise FailedClaims(f"{text}\n\n{report.text}")
