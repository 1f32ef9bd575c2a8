"""A Jupyter kernel whose cells are files of the expression language.

A cell is a file of its own. Its first lines may be ``%derive``, ``%notation latex`` or ``%explain``, which show the
backward pass instead of judging claims, and ``%dim B=4``. ``%library conv2d`` alone shows a function.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

from . import _statements
from ._api import NOTATIONS, check, derive, library, shapes
from ._errors import GradcheckError
from ._report import Report
from ._version import __version__
from .lexer import STATEMENTS, STRUCTURES
from .magics import _size

_WORD = re.compile(r"[^\W\d]\w*")
_MAGIC = re.compile(r"\s*%(\w+)[ \t]*(.*)")
_MAGICS = ("derive", "dim", "explain", "library", "notation")


@cache
def _functions() -> dict[str, str]:
    """The functions of the language, and how each is called."""
    found = {}
    for line in library().splitlines():
        match = re.match(r"\s+([^\W\d]\w*)\(", line)
        if match:
            found[match.group(1)] = line.strip()
    return found


class GradcheckKernel(Kernel):
    """Judges each cell."""

    implementation = "gradcheck"
    implementation_version = __version__
    banner = "gradcheck: derives backward passes, and judges the ones that you write. A cell is a file."
    language_info = {
        "name": "gradcheck",
        "version": __version__,
        "mimetype": "text/x-gradcheck",
        "file_extension": ".expr",
        "pygments_lexer": "gradcheck",
        # Right of an `=`, the language is Python's.
        "codemirror_mode": {"name": "python", "version": 3},
    }

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: Any = None,
        allow_stdin: bool = False,
        *,
        cell_meta: Any = None,
        cell_id: Any = None,
    ) -> dict[str, Any]:
        if not code.strip():
            return self._done()
        try:
            data, failed = _outcome(code)
        except (GradcheckError, ValueError) as error:
            return self._failed(type(error).__name__, str(error), silent)
        if failed:
            return self._failed("WrongFile", data["text/plain"], silent)
        if not silent:
            content = {"data": data, "metadata": {}, "execution_count": self.execution_count}
            self._publish("execute_result", content)
        return self._done()

    def _publish(self, kind: str, content: dict[str, Any]) -> None:
        self.send_response(self.iopub_socket, kind, content)  # type: ignore[no-untyped-call]

    def _done(self) -> dict[str, Any]:
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def _failed(self, name: str, text: str, silent: bool) -> dict[str, Any]:
        content = {"ename": name, "evalue": text.splitlines()[0] if text else "", "traceback": text.splitlines()}
        if not silent:
            self._publish("error", content)
        return {"status": "error", "execution_count": self.execution_count, **content}

    async def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        before = code[:cursor_pos]
        start = len(re.sub(r"%?[^\W\d]?\w*$", "", before))
        word = before[start:]
        if word.startswith("%"):
            known = ["%" + each for each in _MAGICS]
        else:
            names = _statements.names(code[:start] + "\n" + code[cursor_pos:])
            gradients = ["d" + name for name in names]
            known = [*names, *gradients, *_functions(), *STATEMENTS, *STRUCTURES]
        return {
            "status": "ok",
            "matches": sorted({each for each in known if each.startswith(word)}),
            "cursor_start": start,
            "cursor_end": cursor_pos,
            "metadata": {},
        }

    async def do_inspect(
        self, code: str, cursor_pos: int, detail_level: int = 0, omit_sections: Any = ()
    ) -> dict[str, Any]:
        word = _word_at(code, cursor_pos)
        text = _described(word, code) if word else ""
        return {"status": "ok", "found": bool(text), "data": {"text/plain": text} if text else {}, "metadata": {}}

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        if _statements.is_open(code):
            return {"status": "incomplete", "indent": "    "}
        return {"status": "complete" if _is_understood(code) else "invalid"}


def _is_understood(code: str) -> bool:
    text = _without_magics(code)
    if not text.strip():
        return True
    try:
        derive(text)
    except GradcheckError:
        return False
    return True


def _without_magics(code: str) -> str:
    return "\n".join("" if _MAGIC.match(line) else line for line in code.splitlines()) + "\n"


def _outcome(code: str) -> tuple[dict[str, str], bool]:
    """What a cell shows, and whether its file is wrong.

    :raises GradcheckError: for a magic that the program refuses.
    :raises ValueError: for a magic that there is not.
    """
    lines = code.splitlines()
    asked: dict[str, str] = {}
    dims: dict[str, int] = {}
    while lines:
        match = _MAGIC.match(lines[0])
        if match is None:
            break
        lines.pop(0)
        name, argument = match.group(1), match.group(2).strip()
        if name not in _MAGICS:
            raise ValueError(f"there is no %{name}; there are %{', %'.join(_MAGICS)}")
        if name == "dim":
            dims.update([_size(argument)])
        else:
            asked[name] = argument
    if "library" in asked:
        return {"text/plain": library(asked["library"] or None)}, False
    text = "\n".join(lines) + "\n"
    report = check(text, dims=dims)
    if report.status == 2:
        return _shown(report), True
    if not asked:
        return _shown(report), False
    derivation = derive(text, dims=dims)
    if "notation" in asked:
        if asked["notation"] not in NOTATIONS:
            raise ValueError(f"there is no notation `{asked['notation']}`; there are {', '.join(NOTATIONS)}")
        return {"text/plain": derivation.notation(asked["notation"])}, False
    if "explain" in asked:
        return {"text/plain": derivation.explained}, False
    return {"text/plain": derivation.text, "text/html": derivation._repr_html_()}, False


def _shown(report: Report) -> dict[str, str]:
    return {"text/plain": report.text, "text/html": report._repr_html_()}


def _word_at(code: str, position: int) -> str:
    for match in _WORD.finditer(code):
        if match.start() <= position <= match.end():
            return match.group()
    return ""


def _described(word: str, code: str) -> str:
    """A function's meaning, or a value's shape and its gradient; empty where nothing is known."""
    if word in _functions():
        return library(word)
    text = _without_magics(code)
    found = []
    try:
        for value in shapes(text)["values"]:
            if value["name"] == word:
                found.append(f"{word}: [{', '.join(value['shape'])}]   {value['definition']}")
        for gradient in derive(text):
            if gradient.name in (word, "d" + word):
                found.append(str(gradient))
    except GradcheckError:
        return ""
    return "\n".join(found)


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=GradcheckKernel)
