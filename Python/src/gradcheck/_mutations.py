"""Plants slips in claims that hold, and sees whether each is refuted: a campaign against the checker itself."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import _statements
from ._api import check
from ._distribution import Executors, run_all
from ._errors import GradcheckError
from ._report import HOLDING, REFUTING, Report

#: Slips: a name, what is looked for in the right side of a claim, and what takes its place.
_SLIPS: tuple[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ("transpose dropped", re.compile(r"\.m?T\b"), ""),
    ("mean for sum", re.compile(r"\bsum\("), "mean("),
    ("sum for mean", re.compile(r"\bmean\("), "sum("),
    ("sign", re.compile(r" \+ "), " - "),
    ("sign", re.compile(r" - "), " + "),
    ("flip dropped", re.compile(r"\bflip\((\w+), *axis=(?:\d+|\([^()]*\))\)"), r"\1"),
    ("factors exchanged", re.compile(r"([\w.]+) @ ([\w.]+)"), r"\2 @ \1"),
    ("number", re.compile(r"(?<![\w.])\d+(?![\w.])"), lambda match: str(int(match.group()) + 1)),
)


@dataclass(frozen=True)
class Mutant:
    """A file with one slip."""

    file: str
    text: str
    #: The line of the claim, and which of the claims there: one line has one.
    line: int
    slip: str

    @property
    def key(self) -> str:
        return hashlib.sha256(f"{self.file}\0{self.line}\0{self.text}".encode()).hexdigest()

    @property
    def label(self) -> str:
        return f"{self.file}, line {self.line}, {self.slip}"


@dataclass(frozen=True)
class MutantVerdict:
    """What became of a slip."""

    mutant: Mutant
    #: The verdict on the claim; ``refused`` where the file is no longer understood.
    verdict: str
    cause: str | None = None


@dataclass(frozen=True)
class MutationReport:
    """What became of all slips."""

    verdicts: tuple[MutantVerdict, ...]
    repeated: int = 0

    @property
    def refuted(self) -> tuple[MutantVerdict, ...]:
        """Slips that were found wrong, or no longer understood."""
        return tuple(each for each in self.verdicts if each.verdict in REFUTING or each.verdict == "refused")

    @property
    def named(self) -> tuple[MutantVerdict, ...]:
        """Slips that were found wrong with a cause."""
        return tuple(each for each in self.refuted if each.cause)

    @property
    def standing(self) -> tuple[MutantVerdict, ...]:
        """Claims that hold with their slip: equal after all, or an error of the checker, which somebody has to tell."""
        return tuple(each for each in self.verdicts if each.verdict in HOLDING)

    def __str__(self) -> str:
        lines = [
            f"{len(self.verdicts)} slips: {len(self.refuted)} refuted, {len(self.named)} of them with a cause;"
            f" {len(self.standing)} stand"
        ]
        lines += [f"  {each.mutant.label}: {each.verdict}" for each in self.standing]
        return "\n".join(lines)


def mutants(text: str, file: str = "<text>") -> Iterator[Mutant]:
    """The text with one slip each, in every claim: nothing is said of whether a slip changes what the claim means."""
    lines = text.splitlines(keepends=True)
    for number, statement in _statements.logical_lines(text):
        if not re.match(r"\s*check\s+(?!from\b)", statement) or "\n" in statement:
            continue
        line = lines[number - 1]
        start = line.index("=") + 1
        end = len(_statements.without_comment(line.rstrip("\n")))
        seen = set()
        for slip, mutated in _slips(line[start:end]):
            if mutated not in seen:
                seen.add(mutated)
                changed = [*lines[: number - 1], line[:start] + mutated + line[end:], *lines[number:]]
                yield Mutant(file, "".join(changed), number, slip)


def _slips(formula: str) -> Iterator[tuple[str, str]]:
    for name, pattern, replacement in _SLIPS:
        for match in pattern.finditer(formula):
            text = replacement(match) if callable(replacement) else match.expand(replacement)
            yield name, formula[: match.start()] + text + formula[match.end() :]
    if " for " not in formula:
        yield "factor", f" 2 * ({formula.strip()})"


def judge_mutant(mutant: Mutant) -> MutantVerdict:
    """Checks a mutant here."""
    report = check(mutant.text)
    return _verdict(mutant, report)


def _verdict(mutant: Mutant, report: Report) -> MutantVerdict:
    for claim in report.claims:
        if claim.line == mutant.line:
            return MutantVerdict(mutant, claim.verdict, claim.cause)
    return MutantVerdict(mutant, "refused", report.diagnostics[0].code if report.diagnostics else None)


class _Mutants:
    def __init__(self, work: Iterable[Mutant], progress: Callable[[int, int], None] | None) -> None:
        self.work = list(work)
        self.progress = progress
        self.done: dict[str, MutantVerdict] = {}

    @property
    def left(self) -> list[Mutant]:
        return [each for each in self.work if each.key not in self.done]

    def run(self) -> Callable[[Mutant], MutantVerdict]:
        return judge_mutant

    def add(self, piece: Mutant, outcome: MutantVerdict) -> None:
        if piece.key not in self.done:
            self.done[piece.key] = outcome
            if self.progress is not None:
                self.progress(len(self.done), len(self.work))


def mutation_campaign(
    files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    executor: Executors | None = None,
    retries: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> MutationReport:
    """Plants a slip in every claim that holds, one at a time, and has each file judged.

    A slip that leaves a claim standing is either none (a factor of 1, a sum over one entry) or an error of the checker.

    :param executor: as for ``campaign``.
    :raises GradcheckError: when a file is wrong as it stands.
    """
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    work: list[Mutant] = []
    for path in paths:
        text = Path(path).read_text(encoding="utf-8")
        report = check(text)
        if report.status == 2:
            raise GradcheckError.of_diagnostics(report.diagnostics, report.text)
        holding = {claim.line for claim in report.claims if claim.holds}
        work += [each for each in mutants(text, os.fspath(path)) if each.line in holding]
    ledger = _Mutants({each.key: each for each in work}.values(), progress)
    repeated = run_all(ledger, executor, retries)
    verdicts: Mapping[str, MutantVerdict] = ledger.done
    return MutationReport(tuple(verdicts[each.key] for each in ledger.work), repeated)
