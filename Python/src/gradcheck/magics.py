"""``%load_ext gradcheck``, then ``%%gradcheck`` over a cell or ``%gradcheck layer.expr``."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ._api import check, derive
from ._errors import GradcheckError
from ._report import Derivation, Report

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _parser(name: str, *, with_source: bool) -> _Parser:
    parser = _Parser(prog=name, add_help=False)
    parser.add_argument("--derive", action="store_true", help="the derived backward pass alone")
    parser.add_argument("--notation", help="the derived backward pass in a notation, such as numpy")
    parser.add_argument("--wrt", help="derive by these values only")
    parser.add_argument("--dim", action="append", default=[], help="another number for a size, such as B=4")
    parser.add_argument("--at", help="the variable of this notebook that holds a point")
    parser.add_argument("--as", dest="variable", help="the variable that the result is kept in")
    parser.add_argument("--raise", dest="raises", action="store_true", help="raise where a claim does not hold")
    if with_source:
        parser.add_argument("source", nargs="+", help="a file, or statements separated by `;`")
    return parser


def register(shell: InteractiveShell) -> None:
    """Makes both magics known to a shell."""

    def work(line: str, cell: str | None = None) -> Any:
        name = "%gradcheck" if cell is None else "%%gradcheck"
        parser = _parser(name, with_source=cell is None)
        try:
            options = parser.parse_args(shlex.split(line))
            result = _run(options, cell, shell.user_ns)
        except (ValueError, GradcheckError) as error:
            from IPython.core.error import UsageError

            raise UsageError(f"{name}: {error}") from None
        if options.variable:
            shell.user_ns[options.variable] = result
        if options.raises and isinstance(result, Report):
            result.raise_for_verdict()
        return result

    shell.register_magic_function(work, "line_cell", "gradcheck")  # type: ignore[arg-type]


class Text(str):
    """Text that a notebook shows as it stands."""

    def __repr__(self) -> str:
        return str(self)


def _run(options: argparse.Namespace, cell: str | None, variables: dict[str, Any]) -> Report | Derivation | Text:
    source: str | Path
    if cell is not None:
        source = cell
    elif len(options.source) == 1 and options.source[0].endswith(".expr"):
        source = Path(options.source[0])
    else:
        source = " ".join(options.source)
    dims = dict(_size(each) for each in options.dim)
    if options.derive or options.notation:
        derivation = derive(source, dims=dims, wrt=options.wrt)
        return Text(derivation.notation(options.notation)) if options.notation else derivation
    point = None
    if options.at:
        if options.at not in variables:
            raise ValueError(f"there is no variable `{options.at}`")
        point = variables[options.at]
    return check(source, at=point, dims=dims, wrt=options.wrt)


def _size(text: str) -> tuple[str, int]:
    name, sign, number = text.partition("=")
    if not sign or not number.strip().isdigit():
        raise ValueError(f"a size is NAME=NUMBER, not `{text}`")
    return name.strip(), int(number)
