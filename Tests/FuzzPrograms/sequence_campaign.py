"""A run of random blocks and lookups, many to a process."""
import itertools
import json
import pathlib
import random
import subprocess
import tempfile
import time
from collections import Counter
from fractions import Fraction

import loops
import sequences
from checker import HOLDS, Checker

OPEN = {"undecided", "kink", "inherited"}
#: The longest time for an answer.
SECONDS = 60
BATCH = 48


class SequenceCampaign:
    """Counts, among them `programs` and `failed`, and a folder in which every failure is kept."""

    def __init__(self, binary, seed, folder):
        self.checker, self.seed, self.folder = Checker(binary, SECONDS), seed, pathlib.Path(folder)
        self.counts, self.seen = Counter(), set()

    def run(self, numbers, until):
        """Batches of the programs with these numbers until a time has come."""
        numbers = iter(numbers)
        while time.monotonic() < until and (batch := list(itertools.islice(numbers, BATCH))):
            self.judge([made for made in map(self.make, batch) if made])

    def make(self, number):
        """A program and what is asked of it, or nothing where the text was met before."""
        source = random.Random(f"{self.seed}-{number}")
        one = loops.loop(source) if number % 3 == 2 else sequences.program(source)
        if one.text in self.seen:
            self.counts["met before"] += 1
            return None
        self.seen.add(one.text)
        return number, one, loops.point(source, one.length) if isinstance(one, loops.Loop) else None

    def judge(self, batch):
        claims = [(number, one) for number, one, point in batch if point is None]
        verdicts = self.checker.check([one.text for _, one in claims], False) if claims else []
        found = [(number, one, self.failures(verdict, one.right(number)))
                 for (number, one), verdict in zip(claims, verdicts)]
        found += [(number, one, self.differences(one, point)) for number, one, point in batch if point is not None]
        for number, one, wrong in found:
            self.counts["programs"] += 1
            if wrong:
                self.counts["failed"] += 1
                file = self.folder / f"{self.seed}-{number}.expr"
                file.write_text(one.text)
                print(f"{file}: {'; '.join(wrong)}", flush=True)

    def failures(self, verdict, right):
        """What is wrong with the answer to a file; `right` says by name which claims are."""
        if verdict.end:
            return [verdict.end]
        found = [] if sorted(verdict.names) == sorted(right) else [f"claims {verdict.names} of {sorted(right)}"]
        for name, word in zip(verdict.names, verdict.claims):
            self.counts[("right" if right[name] else "wrong") + (f", {word}" if word in OPEN else "")] += 1
            if word not in OPEN and (word in HOLDS) != right[name]:
                found.append(f"{name} is {'right' if right[name] else 'wrong'}, and called {word}")
        return found

    def differences(self, one, point):
        """Where the output or a gradient of a file is another one than that of the loop."""
        at = {name: value if name == "x" else value[0] for name, value in point.items()}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(json.dumps(at))
            file.flush()
            try:
                done = subprocess.run([self.checker.binary, "eval", "--format", "json", "--at", file.name, "-"],
                                      capture_output=True, input=one.text, text=True, timeout=SECONDS)
                values = json.loads(done.stdout)["values"]
            except subprocess.TimeoutExpired:
                return [f"no answer in {SECONDS} s"]
            except (ValueError, LookupError):
                return [f"exit status {done.returncode}, no values"]
        found = []
        for name, right in one.expected(point).items():
            self.counts["values"] += 1
            if name not in values and any(right):
                found.append(f"{name} has no value")
            elif name in values and flat(values[name]) != right:
                found.append(f"{name} is {', '.join(map(str, right))}, and called {values[name]}")
        return found


def flat(value):
    return [entry for part in value for entry in flat(part)] if isinstance(value, list) else [Fraction(value)]
