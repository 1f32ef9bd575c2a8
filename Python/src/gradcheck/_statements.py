"""What can be told of a text without the program: its claims' places, open brackets, the words in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLAIM = re.compile(r"\s*(check|assert)\b\s*(from\b|[^\W\d]\w*)?")


@dataclass(frozen=True)
class Statement:
    """A claim as it stands in a text."""

    #: The name of the gradient; ``assert`` for another identity, ``from`` for the claims of a file.
    name: str
    #: The line that it begins on, from 1.
    line: int


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with the number of the first; a newline inside brackets does not end one."""
    start, current, depth = 1, "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not current:
            start = number
        bare = without_comment(line)
        current += ("\n" if current else "") + bare
        depth += sum(bare.count(each) for each in "([") - sum(bare.count(each) for each in ")]")
        if depth <= 0:
            yield start, current
            current, depth = "", 0
    if current:
        yield start, current


def without_comment(line: str) -> str:
    """A line up to a ``#`` outside strings."""
    quote = ""
    for position, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            return line[:position]
    return line


def claims(text: str) -> list[Statement]:
    """The claims of a text, in order."""
    found = []
    for number, line in logical_lines(text):
        match = _CLAIM.match(line)
        if match is None:
            continue
        name = "assert" if match.group(1) == "assert" else match.group(2) or "check"
        found.append(Statement(name, number))
    return found


def is_open(text: str) -> bool:
    """Whether a bracket is still open at the end, or a line ends where something must follow."""
    depth = 0
    last = ""
    for line in text.splitlines():
        bare = without_comment(line).rstrip()
        depth += sum(bare.count(each) for each in "([") - sum(bare.count(each) for each in ")]")
        last = bare or last
    return depth > 0 or last.endswith(("=", "+", "-", "*", "/", "@", ",", "\\"))


def names(text: str) -> list[str]:
    """The names that a text gives to sizes, values and functions, each once, in order."""
    found: dict[str, None] = {}
    for _, line in logical_lines(text):
        for name in _names_of(line):
            found.setdefault(name)
    return list(found)


_WORD = r"[^\W\d]\w*"


def _names_of(line: str) -> list[str]:
    line = line.strip()
    declared = re.match(r"(dims|input|param|const|output)\b\s*(.*)", line, re.DOTALL)
    if declared:
        separator = r"(?:^|,)\s*(" + _WORD + r")"
        rest = re.sub(r"\[[^\]]*\]", "", declared.group(2))
        return re.findall(separator, rest)
    defined = re.match(rf"(?:loss\s+|def\s+)?({_WORD})\s*(?:\[[^\]]*\]\s*\+|\([^)]*\)\s*|:[^=]*)?=(?!=)", line)
    return [defined.group(1)] if defined and not line.startswith(("check", "assert", "budget")) else []
