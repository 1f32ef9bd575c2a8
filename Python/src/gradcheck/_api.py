"""What a session types: derive, check, evaluate, shapes, finite differences."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Union

from ._errors import GradcheckError
from ._program import Output, run
from ._report import Derivation, Diagnostic, FileReport, Gradient, Report
from ._values import Values, to_json

#: Text of the language, or the path of a file with it.
Source = Union[str, "os.PathLike[str]"]

#: Sizes by name.
Dims = Mapping[str, int]

#: The notations of a derived backward pass.
NOTATIONS = ("text", "index", "latex", "mathml", "numpy", "pytorch", "jax", "cpp", "swift")


class _Subject:
    """A source with the options that every command shares; runs the program on it."""

    def __init__(
        self,
        source: Source,
        *,
        dims: Dims | None = None,
        wrt: str | Iterable[str] | None = None,
        also: str | Iterable[str] | None = None,
        seed: int | None = None,
        budget: int | float | str | None = None,
        memory: int | str | None = None,
    ) -> None:
        if isinstance(source, str):
            self.argument, self.stdin = "-", source if source.endswith("\n") else source + "\n"
        else:
            self.argument, self.stdin = os.fspath(source), ""
        options: list[str] = []
        for name, extent in (dims or {}).items():
            options += ["--dim", f"{name}={int(extent)}"]
        if wrt is not None:
            options += ["--wrt", wrt if isinstance(wrt, str) else ",".join(wrt)]
        for statement in [also] if isinstance(also, str) else also or ():
            options += ["--also", statement]
        for name, value in (("--seed", seed), ("--budget", budget), ("--memory", memory)):
            if value is not None:
                options += [name, f"{value:g}" if isinstance(value, float) else str(value)]
        self.options = options

    def run(self, command: str, *options: str) -> Output:
        # An option's end before the name: a file may be called `--version`.
        arguments = [command, *self.options, *options, "--", self.argument]
        if self.argument == "-":
            arguments = [command, *self.options, *options, "-"]
        return run(arguments, stdin=self.stdin)

    def json(self, command: str, *options: str) -> tuple[dict[str, Any], int]:
        output = self.run(command, "--format", "json", *options)
        return _object(output), output.status


def _object(output: Output) -> dict[str, Any]:
    try:
        value = json.loads(output.text)
    except json.JSONDecodeError as error:
        text = output.errors or output.text
        raise GradcheckError(f"the program printed no report: {error}\n{text}", status=output.status) from None
    if not isinstance(value, dict):
        raise GradcheckError("the program printed no report", status=output.status)
    return value


def _diagnostics(value: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic.of_json(each) for each in value.get("diagnostics", ()))


class _PointFile:
    """A point as a file for ``--at``, for as long as a ``with`` lasts; no option where there is no point."""

    def __init__(self, at: Mapping[str, Any] | os.PathLike[str] | None) -> None:
        self.at = at
        self.path: str | None = None

    def __enter__(self) -> list[str]:
        if self.at is None:
            return []
        if not isinstance(self.at, Mapping):
            return ["--at", os.fspath(self.at)]
        point = {name: to_json(value) for name, value in self.at.items()}
        handle, self.path = tempfile.mkstemp(suffix=".json", prefix="gradcheck-point-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(point, file)
        return ["--at", self.path]

    def __exit__(self, *_: object) -> None:
        if self.path is not None:
            os.unlink(self.path)


def derive(
    source: Source,
    *,
    dims: Dims | None = None,
    wrt: str | Iterable[str] | None = None,
    also: str | Iterable[str] | None = None,
) -> Derivation:
    """Derives the backward pass of a layer, a network or a loss.

    >>> gradcheck.derive("dims n, m; param W: [m, n]; input x: [n]; y = W @ x")["dW"].text
    'outer(dy, x)'

    :param source: text of the language, or a path.
    :param dims: other numbers for sizes.
    :param wrt: derive by these values only.
    :param also: further statements, such as ``"H = hessian(L, x)"``.
    :raises GradcheckError: when the file is wrong; its ``diagnostics`` say where.
    """
    subject = _Subject(_lines(source), dims=dims, wrt=wrt, also=also)
    value, status = subject.json("derive")
    if status == 2:
        raise GradcheckError.of_diagnostics(_diagnostics(value), subject.run("derive").text)
    gradients = tuple(Gradient.of_json(each) for file in value["files"] for each in file["gradients"])

    @cache
    def notation(name: str) -> str:
        if name not in NOTATIONS:
            raise ValueError(f"there is no notation {name!r}: one of {', '.join(NOTATIONS)}")
        output = subject.run("derive", "--notation", name)
        if output.status == 2:
            raise GradcheckError(output.errors or output.text, status=2)
        return output.text

    @cache
    def explained() -> str:
        return subject.run("derive", "--explain").text

    return Derivation(gradients, raw=value, _notation=notation, _explained=explained)


def check(
    source: Source,
    *,
    at: Mapping[str, Any] | os.PathLike[str] | None = None,
    dims: Dims | None = None,
    wrt: str | Iterable[str] | None = None,
    also: str | Iterable[str] | None = None,
    seed: int | None = None,
    budget: int | float | str | None = None,
    memory: int | str | None = None,
) -> Report:
    """Judges every claim of a file.

    Nothing is raised for a wrong claim or a wrong file: the report says it. ``check(…).raise_for_verdict()`` raises.

    :param at: a point at which claims are checked, or the path of one; what it leaves out is drawn.
    :param budget: the multiply-adds that comparing values may take.
    :param memory: the bytes that the tensors of one evaluation may take.
    """
    subject = _Subject(_lines(source), dims=dims, wrt=wrt, also=also, seed=seed, budget=budget, memory=memory)
    with _PointFile(at) as point:
        value, status = subject.json("check", *point)

    @cache
    def text() -> str:
        with _PointFile(at) as point:
            return subject.run("check", *point).text

    @cache
    def mathml() -> tuple[str, ...]:
        pass_only = _Subject(_lines(source), dims=dims, wrt=wrt, also=also)
        return tuple(pass_only.run("derive", "--notation", "mathml").text.splitlines())

    files = tuple(FileReport.of_json(each) for each in value.get("files", ()))
    return Report(files, _diagnostics(value), status, raw=value, _text=text, _mathml=mathml)


def evaluate(
    source: Source,
    at: Mapping[str, Any] | os.PathLike[str] | None = None,
    *,
    dims: Dims | None = None,
    wrt: str | Iterable[str] | None = None,
    also: str | Iterable[str] | None = None,
    seed: int | None = None,
    digits: int | None = None,
    budget: int | float | str | None = None,
    memory: int | str | None = None,
) -> Values:
    """Evaluates the output and every gradient at a point, exactly.

    Rational values come back as ``int`` and ``Fraction``; others as ``Decimal``, all of whose digits are right.

    :param at: numbers, nested lists or arrays, by name; floats count as the binary fractions that they are. What is
        left out is drawn, and stands in the result's ``drawn``.
    :param digits: the significant digits of values that are not rational, 30 where nothing else is said.
    :raises GradcheckError: when the file or the point is wrong.
    """
    subject = _Subject(_lines(source), dims=dims, wrt=wrt, also=also, seed=seed, budget=budget, memory=memory)
    more = [] if digits is None else ["--digits", str(digits)]
    with _PointFile(at) as point:
        value, status = subject.json("eval", *point, *more)
    if status == 2 or "values" not in value:
        raise GradcheckError.of_diagnostics(_diagnostics(value))
    return Values.of_json(value)


def shapes(source: Source, *, dims: Dims | None = None) -> dict[str, Any]:
    """Each value's shape, parameters and multiply-adds, and the windows of convolutions and pools.

    :returns: the object that ``gradcheck shapes --format json`` prints for the file.
    :raises GradcheckError: when the file is wrong.
    """
    return _single(_Subject(_lines(source), dims=dims), "shapes")


def finite_differences(
    source: Source, *, entry: str | None = None, dims: Dims | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Finite differences of many steps against the exact gradient.

    :param entry: move one entry only, such as ``"W[0,2]"``.
    :returns: the object that ``gradcheck fd --format json`` prints for the file.
    :raises GradcheckError: when the file is wrong.
    """
    options = [] if entry is None else ["--entry", entry]
    return _single(_Subject(_lines(source), dims=dims, seed=seed), "fd", *options)


def _single(subject: _Subject, command: str, *options: str) -> dict[str, Any]:
    value, status = subject.json(command, *options)
    if status == 2 or not value.get("files"):
        raise GradcheckError.of_diagnostics(_diagnostics(value))
    file: dict[str, Any] = value["files"][0]
    return file


def library(name: str | None = None) -> str:
    """The functions of the language, or what one means, with examples and their backward passes.

    :raises GradcheckError: when there is no such function.
    """
    return run(["library", *([] if name is None else ["--", name])]).text


def _lines(source: Source) -> Source:
    """Text of one line may separate statements by ``;``, as ``gradcheck -e`` has it."""
    if not isinstance(source, str) or "\n" in source.strip():
        return source
    return "\n".join(split_statements(source))


def split_statements(line: str) -> list[str]:
    """Statements of one line: ``;`` separates them outside brackets, strings and comments."""
    statements, current, depth, quote = [], "", 0, ""
    for position, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "#":
            current += line[position:]
            break
        elif character == ";" and depth == 0:
            statements.append(current.strip())
            current = ""
            continue
        current += character
    return [*statements, current.strip()]


def read(source: Source) -> str:
    """The text of a source, with statements on lines of their own."""
    text = _lines(source)
    return text if isinstance(text, str) else Path(text).read_text(encoding="utf-8")
