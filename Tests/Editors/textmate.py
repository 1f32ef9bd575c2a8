"""Splits lines by a TextMate grammar: `match` rules with `captures`, `include`, and lists of patterns.

A line is read from left to right; where several rules match, the leftmost match counts, and the first rule among equals. That is what
editors do for grammars without `begin` and `end`, which the grammar here has not. Its expressions have to mean the same in Oniguruma and in
Python's `re`: only what both know alike is let through.
"""

from __future__ import annotations

import json
import pathlib
import re

#: What Oniguruma and `re` read differently, or only one of them knows.
FOREIGN = re.compile(r"\\[hHRXKGpPAzZ]|\(\?[^:=!<]|\[\[:|[*+?]\+|&&")


class Grammar:
    def __init__(self, path: pathlib.Path) -> None:
        self.grammar = json.loads(path.read_text())
        self.rules = list(self._rules(self.grammar["patterns"]))

    def _rules(self, patterns):
        for pattern in patterns:
            if "include" in pattern:
                yield from self._rules([self.grammar["repository"][pattern["include"].removeprefix("#")]])
            elif "patterns" in pattern:
                yield from self._rules(pattern["patterns"])
            else:
                assert set(pattern) <= {"name", "match", "captures"}, pattern
                assert not FOREIGN.search(pattern["match"]), pattern["match"]
                yield pattern, re.compile(pattern["match"])

    def tokens(self, line: str) -> list[tuple[str, str]]:
        """The stretches of a line that have a scope, each with its scope."""
        found = []
        place = 0
        while place <= len(line):
            matches = [(match.start(), number, match) for number, (_, rule) in enumerate(self.rules) if (match := rule.search(line, place))]
            if not matches:
                break
            _, number, match = min(matches, key=lambda entry: entry[:2])
            rule = self.rules[number][0]
            assert match.end() > match.start(), rule["match"]
            if "name" in rule:
                found.append((match.group(), rule["name"]))
            for group, capture in sorted(rule.get("captures", {}).items(), key=lambda entry: int(entry[0])):
                if match.group(int(group)):
                    found.append((match.group(int(group)), capture["name"]))
            place = match.end()
        return found
