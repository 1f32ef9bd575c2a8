"""Derives the backward pass of tensor expressions, and judges one written by hand: exactly, without tolerances.

>>> import gradcheck
>>> report = gradcheck.check('''
... dims m, n
... param W: [m, n]
... input x: [n]
... y = W @ x
... check dW = outer(x, dy)
... ''')
>>> report["dW"].verdict
'wrong'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._api import NOTATIONS, check, derive, evaluate, finite_differences, library, shapes
from ._campaign import CampaignReport, campaign
from ._errors import CampaignError, GradcheckError, ProgramNotFound, WrongGradient
from ._mutations import MutantVerdict, MutationReport, mutation_campaign
from ._program import find_program, program_version
from ._report import Claim, Derivation, Diagnostic, Edit, FileReport, Gradient, Place, Report
from ._values import Values
from ._version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = [
    "NOTATIONS",
    "CampaignError",
    "CampaignReport",
    "Claim",
    "Derivation",
    "Diagnostic",
    "Edit",
    "FileReport",
    "GradcheckError",
    "Gradient",
    "MutantVerdict",
    "MutationReport",
    "Place",
    "ProgramNotFound",
    "Report",
    "Values",
    "WrongGradient",
    "__version__",
    "campaign",
    "check",
    "derive",
    "evaluate",
    "find_program",
    "finite_differences",
    "library",
    "mutation_campaign",
    "program_version",
    "shapes",
]


def load_ipython_extension(shell: InteractiveShell) -> Any:
    """What ``%load_ext gradcheck`` calls."""
    from .magics import register

    return register(shell)


def __getattr__(name: str) -> Any:
    # NumPy is imported where its numbers are asked for, and not before.
    if name == "Exact":
        from .exact import Exact

        return Exact
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
