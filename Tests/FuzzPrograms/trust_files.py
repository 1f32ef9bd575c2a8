"""Files that were judged wrongly once, each with what is true of it.

    # expect: dx wrong            the verdict; also `holds` and `not holds` (anything but a hold)
    # expect: text holds          what `derive` prints reads back
    # point: {"x": [1, 2]}        a point at which a wrong claim differs, decimals exact

What is expected is not taken on trust: the evaluator must find a wrong claim wrong, and no other one."""
import json
import random
import re
from fractions import Fraction

import numpy as np

import readback
import source as S
import truth as T
import verify
from checker import HOLDS
from scalars import number


class TrustFile:
    def __init__(self, path):
        self.name, self.text = path.stem, path.read_text(encoding="utf-8")
        expected = re.findall(r"^# expect: (.*)$", self.text, re.MULTILINE)
        self.expected = [tuple(line.split(None, 1)) for line in expected]
        point = re.search(r"^# point: (.*)$", self.text, re.MULTILINE)
        self.point = read_point(point[1]) if point else None

    def names(self):
        """The claimed names in order."""
        return [s.name for s in T.divide_statements(S.read(self.text))[1] if s.kind in ("check", "index check")]

    def doubts(self):
        """Where the evaluator does not share the expectation."""
        source = S.read(self.text)
        point = None
        if self.point is not None:
            point = {d.name: self.point.get(d.name) for d in source.declarations}
        findings = dict(zip(self.names(), verify.judged(self.text, point, random.Random(self.name))))
        for name, wanted in self.expected:
            if name != "text" and (findings[name].state == "wrong") != (wanted in ("wrong", "not holds")):
                yield f"the evaluator finds {name} {findings[name].state}, expected {wanted}"

    def failures(self, checker):
        """Where the program under test does not do what is expected."""
        verdict = checker.check([self.text])[0]
        found = dict(zip(self.names(), verdict.claims))
        for name, wanted in self.expected:
            if name == "text":
                yield from self.unread(checker)
            elif not meets(found.get(name), wanted):
                yield f"{name} is {found.get(name) or verdict.end}, expected {wanted}"

    def unread(self, checker):
        printed = checker.derive([self.text])[0]
        verdict = checker.check([readback.file_of_printed(self.text, printed)])[0]
        if verdict.end or not verdict.claims or not HOLDS.issuperset(verdict.claims):
            yield f"the printed lines: {verdict.end or verdict.claims}"


def meets(word, wanted):
    if wanted == "holds":
        return word in HOLDS
    return word is not None and word not in HOLDS if wanted == "not holds" else word == wanted


def read_point(text):
    values = json.loads(text, parse_float=Fraction, parse_int=Fraction)
    return {name: exact(value) for name, value in values.items()}


def exact(value):
    array = np.array(value, dtype=object)
    return np.array(number(value), dtype=object) if array.ndim == 0 else np.vectorize(number, otypes=[object])(array)
