"""A run of the fuzzer: programs are written, judged by the program under test, and compared with what is true."""
import random
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import programs
import readback
import shrink
import verify
from checker import HOLDS
from scalars import NoValue
from source import SourceError

#: Programs a process; with a search for causes each has its own, so that its time is known.
BATCH = 24
REFUSALS = {"wrong", "inherited"}
UNDECIDED = {"undecided", "kink"}


@dataclass
class Shares:
    """The shares of programs of which causes are searched, and whose printed lines are read back."""
    causes: float = 1
    derive: float = 0.3


class Campaign:
    """Counts, and a folder in which every failure is kept."""

    def __init__(self, checker, seed, folder, shares, shrinks, part=(0, 1)):
        self.checker, self.seed, self.folder = checker, seed, Path(folder)
        self.shares, self.shrinks, self.part = shares, shrinks, part
        self.counts, self.failures, self.named, self.written = Counter(), Counter(), [], 0

    def run(self, until, most):
        """Batches until a time has come or enough programs were judged: each `part[1]`-th, from `part[0]` on."""
        place, step = self.part
        while time.monotonic() < until and self.counts["programs"] < most:
            batch = []
            while len(batch) < min(BATCH, most - self.counts["programs"]) and time.monotonic() < until:
                made = self.make(f"{self.seed}-{place}")
                place += step
                if made:
                    batch.append(made)
            if batch:
                self.judge(batch)

    def chosen(self, program, what):
        """Whether a program is among the share that something is done with."""
        return random.Random(program.seed + what).random() < getattr(self.shares, what)

    def make(self, name):
        """A program with what is true of its claims."""
        chance = random.Random(name)
        try:
            program = programs.write(chance)
            program.seed = name
            findings = verify.judged(program.text, program.point, chance)
        except (programs.Unsuitable, verify.Unclear, NoValue) as reason:
            self.counts[f"given up: {type(reason).__name__}"] += 1
            return None
        except (ValueError, KeyError, TypeError, IndexError, SourceError, AttributeError, SyntaxError):
            self.fail("generator", name, traceback.format_exc(limit=-3), "")
            return None
        return program, findings

    # ------------------------------------------------------------ judging

    def judge(self, batch):
        for (program, findings), verdict in zip(batch, self.verdicts([program for program, _ in batch])):
            self.counts["programs"] += 1
            for kind in program.kinds:
                self.counts[f"programs: {kind}"] += 1
            if verdict.end:
                smaller = self.end_shrinker(program, verdict.end)
                self.fail(ending(verdict.end), program.seed, verdict.end, program.text, smaller)
                continue
            if len(verdict.claims) != len(program.claims):
                self.fail("claims lost", program.seed, str(verdict.claims), program.text)
                continue
            for place, (claim, finding, word) in enumerate(zip(program.claims, findings, verdict.claims)):
                if claim.is_right and finding.state == "right" and word in REFUSALS:
                    finding = self.looked_at_again(program, place, verdict.points[place:place + 1], finding)
                self.count(program, place, claim, finding, word)
        chosen = [program for program, _ in batch if self.chosen(program, "derive")]
        if chosen:
            self.read_back(chosen)

    def verdicts(self, batch):
        """Verdicts of each program, some with causes."""
        whole = [program.seed for program in batch if self.chosen(program, "causes")]
        plain = [program for program in batch if program.seed not in whole]
        found = dict(zip([p.seed for p in plain], self.checker.check([p.text for p in plain], False) if plain else []))
        for program in batch:
            program.has_causes = program.seed in whole
            if program.has_causes:
                self.counts["programs with causes"] += 1
                found[program.seed] = self.checker.check([program.text])[0]
        return [found[program.seed] for program in batch]

    def looked_at_again(self, program, place, told, finding):
        """A claim that holds at generic points, where the refusal tells a point: on a border it may be wrong."""
        if not told or not told[0]:
            return finding
        try:
            is_wrong = verify.refuted_at(program.text, place, told[0], random.Random(program.seed))
        except (verify.Unclear, ValueError, KeyError, TypeError, IndexError, SourceError):
            return finding
        self.counts["right, but for a border that was told"] += is_wrong
        return verify.Finding("unclear") if is_wrong else finding

    def count(self, program, place, claim, finding, word):
        """One claim."""
        self.counts["claims"] += 1
        if finding.state == "unclear" or not claim.is_right and finding.state == "right":
            self.counts["claims not judged"] += 1
            return
        if claim.is_right and finding.state == "wrong":
            self.fail("rules against evaluator", program.seed, claim.text(), program.text)
            return
        if finding.state == "wrong":
            kind = "joint cell" if claim.is_joint and finding.is_rare else "slip"
            self.counts[f"wrong: {kind}"] += 1
            self.counts[f"wrong: {kind}, {word}"] += 1
            if word in HOLDS:
                self.fail("wrong accept", program.seed, f"{claim.kind}: {claim.text()} -> {word}", program.text,
                          self.shrinker(program, place, "wrong", HOLDS))
            return
        self.counts["right"] += 1
        self.counts[f"right, {word}"] += 1
        for kind in {*program.kinds, claim.kind, "all"}:
            self.counts[f"right of {kind}"] += 1
            self.counts[f"undecided of {kind}"] += word in UNDECIDED
        if word in REFUSALS:
            self.fail("right refused", program.seed, f"{claim.kind}: {claim.text()} -> {word}", program.text,
                      self.shrinker(program, place, "right", REFUSALS))
        elif word in UNDECIDED:
            self.keep_example("undecided" if word == "undecided" else "kink", program, place, word)

    def keep_example(self, kind, program, place, word):
        """A few of what is not decided, for people to look at."""
        self.counts[f"examples: {kind}"] += 1
        if self.counts[f"examples: {kind}"] <= 12:
            small = self.shrinker(program, place, "right", {word})
            self.write(kind, program.seed, program.claims[place].text(), small() if small else program.text)

    def shrinker(self, program, place, state, words):
        if not self.shrinks:
            return None

        def fails(text):
            try:
                findings = verify.judged(text, program.point, random.Random(program.seed))
            except Exception:       # a candidate that has become meaningless is no candidate
                return False
            if len(findings) != 1 or findings[0].state != state:
                return False
            verdict = self.checker.check([text], program.has_causes)[0]
            if verdict.end or not verdict.claims or verdict.claims[0] not in words:
                return False
            told = verdict.points[0] if state == "right" and verdict.claims[0] in REFUSALS else None
            return not told or not verify.refuted_at(text, 0, told, random.Random(program.seed))
        return lambda: shrink.shrunk(program.text, place, fails)

    def end_shrinker(self, program, end):
        """Makes a file that does not end well small; slow ones with few tries."""
        kind = ending(end)

        def fails(smaller):
            verdict = self.checker.check([smaller], program.has_causes)[0]
            return bool(verdict.end) and ending(verdict.end) == kind
        return lambda: shrink.shrunk_whole(program.text, fails, 60 if kind == "slow" else 300)

    # ------------------------------------------------------------ printed lines

    def read_back(self, chosen):
        """Derives, puts back, and compares with the truth as well."""
        printed = self.checker.derive([program.text for program in chosen])
        files = []
        for program, text in zip(chosen, printed):
            if text.startswith(("status", "signal", "slow", "refused")):
                self.fail(ending(text), program.seed, f"derive: {text}", program.text)
                continue
            files.append((program, readback.file_of_printed(program.text, text)))
        if not files:
            return
        for (program, text), verdict in zip(files, self.checker.check([text for _, text in files], False)):
            self.counts["printed programs"] += 1
            bad = [word for word in verdict.claims if word not in HOLDS]
            if verdict.end or any(word in REFUSALS for word in bad):
                self.fail("not read back", program.seed, verdict.end or str(verdict.claims), text)
            elif bad:
                self.counts["printed, undecided"] += 1
            else:
                self.counts["printed lines"] += len(verdict.claims)
            self.compare_printed(program, text)

    def compare_printed(self, program, text):
        """The evaluator's own opinion of the printed lines."""
        try:
            findings = verify.judged(text, program.point, random.Random(program.seed))
        except (verify.Unclear, NoValue):
            return
        except (ValueError, KeyError, TypeError, IndexError, SourceError, AttributeError, SyntaxError):
            self.counts["printed, not evaluated"] += 1
            return
        if any(finding.state == "wrong" for finding in findings):
            self.fail("printed wrong", program.seed, "the evaluator differs", text)

    # ------------------------------------------------------------ failures

    def fail(self, kind, seed, what, text, smaller=None):
        self.failures[kind] += 1
        number = self.failures[kind]
        small = smaller() if smaller and number <= self.shrinks else text
        if number <= 200:
            self.write(kind, seed, what, small)
        if number <= 5:
            self.named.append((kind, f"seed {seed}: {what.splitlines()[-1] if what else ''}"))
            print(*self.named[-1], sep=", ", flush=True)

    def write(self, kind, seed, what, text):
        self.folder.mkdir(parents=True, exist_ok=True)
        comment = "".join(f"# {line}\n" for line in what.splitlines())
        self.written += 1
        name = f"{kind.replace(' ', '-')}-{seed}-{self.written:03d}.expr"
        (self.folder / name).write_text(f"# {kind}; seed {seed}\n{comment}{text}", encoding="utf-8")


def ending(text):
    if text.startswith("signal 24"):        # SIGXCPU: the limit of processor time
        return "slow"
    if text.startswith("signal") or text.startswith("status 70"):
        return "crash"
    return "slow" if text.startswith("slow") else "refused file"


@dataclass
class Tally:
    """What several campaigns found together."""
    counts: Counter
    failures: Counter
    named: list
    written: int

    @classmethod
    def of(cls, parts):
        return cls(sum((part.counts for part in parts), Counter()), sum((part.failures for part in parts), Counter()),
                   [one for part in parts for one in part.named], sum(part.written for part in parts))

    @property
    def line(self):
        """The last line, which runners read."""
        failed = sum(self.failures.values())
        return f"{self.counts['claims'] + self.counts['printed programs'] - failed} passed, {failed} failed"


def report(tally):
    """The lines in which a run is summed up."""
    c = tally.counts
    lines = [f"{c['programs']} programs, {c['claims']} claims ({c['claims not judged']} not judged), "
             f"{c['right']} right, {c['wrong: slip']} wrong by a slip, {c['wrong: joint cell']} wrong in a joint cell; "
             f"of {c['programs with causes']} programs causes were searched"]
    for kind in sorted(k.removeprefix("right of ") for k in c if k.startswith("right of ")):
        right, undecided = c[f"right of {kind}"], c[f"undecided of {kind}"]
        programs = f"{100 * c[f'programs: {kind}'] / c['programs']:5.1f} % of programs" if c[f"programs: {kind}"] else ""
        mark = "  more than 1 %" if undecided > right / 100 else ""
        lines.append(f"  {kind:<16} {programs:<21} {right:7} right claims, {undecided:4} undecided{mark}")
    for key in sorted(k for k in c if k.startswith(("right, ", "wrong: "))):
        lines.append(f"  {key:<32} {c[key]:6}")
    lines.append(f"  printed: {c['printed programs']} programs, {c['printed lines']} lines read back, "
                 f"{c['printed, undecided']} undecided, {c['printed, not evaluated']} that the evaluator cannot read")
    for kind, number in sorted(tally.failures.items()):
        lines.append(f"  FAILED {kind}: {number}")
        # Once more, where somebody who has the end of the output alone finds them.
        lines += [f"    {what}"[:160] for other, what in tally.named if other == kind]
    return lines
