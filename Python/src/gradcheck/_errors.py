"""What this package raises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._report import Diagnostic, Report


class GradcheckError(Exception):
    """The program gave no report: the command line, the file or the program itself is at fault."""

    def __init__(self, message: str, *, status: int | None = None, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        #: The exit status, where the program ran.
        self.status = status
        #: What is wrong with the file, where that is the reason.
        self.diagnostics = tuple(diagnostics)

    @classmethod
    def of_output(cls, arguments: Sequence[str], status: int, text: str) -> GradcheckError:
        """The error of a run that ended without a report."""
        reason = f"signal {-status}" if status < 0 else f"exit status {status}"
        return cls(f"gradcheck {' '.join(arguments)}: {reason}\n{text.strip()}", status=status)

    @classmethod
    def of_diagnostics(cls, diagnostics: Sequence[Diagnostic], text: str = "") -> GradcheckError:
        """The error of a file that could not be understood."""
        message = text.strip() or "\n".join(str(diagnostic) for diagnostic in diagnostics)
        return cls(message, status=2, diagnostics=diagnostics)


class ProgramNotFound(GradcheckError):
    """There is no program ``gradcheck`` where one was looked for."""

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__(
            "the program `gradcheck` was not found; looked at " + ", ".join(places) + " and on PATH. Install the wheel"
            " of gradcheck-exact for this machine, or build the program from source and name it in GRADCHECK_PROGRAM."
        )


class WrongGradient(AssertionError):
    """A claim does not hold, or could not be decided. Holds the report."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.text)
        self.report = report


class CampaignError(GradcheckError):
    """A part of a campaign was lost again and again."""
