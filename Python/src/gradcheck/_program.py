"""Finds the program ``gradcheck`` that the wheel brought, and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ._errors import GradcheckError, ProgramNotFound

#: The environment variable that names another program, such as one that was built from source.
PROGRAM_VARIABLE = "GRADCHECK_PROGRAM"

#: Exit statuses with a report: all claims hold, one is wrong, a file is wrong, undecided or on a kink.
REPORTING = frozenset({0, 1, 2, 3})


@dataclass(frozen=True)
class Output:
    """What one run of the program printed, and its exit status."""

    arguments: tuple[str, ...]
    status: int
    text: str
    errors: str


def _candidates() -> list[Path]:
    """Where installers put scripts, likeliest first."""
    name = "gradcheck" + (sysconfig.get_config_var("EXE") or "")
    folders = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    user = sysconfig.get_preferred_scheme("user")
    if user in sysconfig.get_scheme_names():
        folders.append(sysconfig.get_path("scripts", scheme=user))
    # `pip install --target FOLDER` puts scripts into FOLDER/bin, beside this package.
    folders.append(str(Path(__file__).resolve().parent.parent / "bin"))
    return [Path(folder) / name for folder in folders if folder]


def find_program() -> str:
    """The path of the program.

    ``$GRADCHECK_PROGRAM`` comes first, then where this package was installed, then ``PATH``.

    :raises ProgramNotFound: naming every place that was looked at.
    """
    named = os.environ.get(PROGRAM_VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise ProgramNotFound([named])
        return found
    places = _candidates()
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return str(place)
    on_path = shutil.which("gradcheck")
    if on_path is None:
        raise ProgramNotFound([str(place) for place in places])
    return on_path


def run(
    arguments: Sequence[str],
    *,
    stdin: str = "",
    folder: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> Output:
    """Runs the program to its end, whatever its exit status is.

    :raises GradcheckError: when it ends with a status that brings no report: a wrong command line, an error of the
        program itself, or a signal.
    """
    output = run_unchecked(arguments, stdin=stdin, folder=folder, timeout=timeout)
    if output.status not in REPORTING:
        raise GradcheckError.of_output(output.arguments, output.status, output.errors or output.text)
    return output


def run_unchecked(
    arguments: Sequence[str],
    *,
    stdin: str = "",
    folder: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> Output:
    """Runs the program and leaves the judgement of its exit status to the caller."""
    completed = subprocess.run(
        [find_program(), *arguments],
        input=stdin,
        capture_output=True,
        cwd=folder,
        timeout=timeout,
        env=_plain_environment(),
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Output(tuple(arguments), completed.returncode, completed.stdout, completed.stderr)


def _plain_environment() -> dict[str, str]:
    """This process's environment without the wish for colours.

    Jupyter's kernels pass it to every child, and a report's text is a value, not what a terminal shows.
    """
    return {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}


def program_version() -> str:
    """What ``gradcheck --version`` prints."""
    return run(["--version"]).text.strip()
