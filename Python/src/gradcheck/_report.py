"""What the program reported, as typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import _show
from ._errors import WrongGradient

#: Verdicts after which a claim stands.
HOLDING = frozenset({"proved", "identical", "enclosed", "rounded", "equal at this point", "exact", "within"})

#: Verdicts after which a claim does not stand.
REFUTING = frozenset({"wrong", "inherited"})

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Diagnostic:
    """What is wrong with a file, and where; lines and columns count from 1."""

    code: str
    message: str
    file: str
    line: int | None = None
    column: int | None = None
    severity: str = "error"
    help: str | None = None

    @classmethod
    def of_json(cls, value: Json) -> Diagnostic:
        return cls(
            code=value["code"],
            message=value["message"],
            file=value.get("file", ""),
            line=value.get("line"),
            column=value.get("column"),
            severity=value.get("severity", "error"),
            help=value.get("help"),
        )

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: {self.severity}[{self.code}]: {self.message}"
        return text if self.help is None else f"{text}\n  help: {self.help}"


@dataclass(frozen=True)
class Gradient:
    """One line of a pass: a name, its shape and its formula."""

    name: str
    shape: tuple[str, ...]
    #: The formula, as text of the expression language.
    text: str
    #: The same as a statement of indices, where it is one.
    index: str | None = None
    latex: str | None = None
    mathml: str | None = None

    @classmethod
    def of_json(cls, value: Json) -> Gradient:
        return cls(
            name=value["name"],
            shape=tuple(value["shape"]),
            text=value["text"],
            index=value.get("index"),
            latex=value.get("latex"),
            mathml=value.get("mathml"),
        )

    @property
    def statement(self) -> str:
        """The whole line: an index statement names its left side itself."""
        return self.text if " += " in self.text else f"{self.name} = {self.text}"

    def __str__(self) -> str:
        return f"{self.statement}   # [{', '.join(self.shape)}]"


@dataclass(frozen=True)
class Place:
    """A place in a text; lines and columns count from 1, columns in code points."""

    line: int
    column: int

    @classmethod
    def of_json(cls, value: Json) -> Place:
        return cls(value["line"], value["column"])


@dataclass(frozen=True)
class Edit:
    """A part of a text, from its first place to the one behind it, and what is to stand there."""

    start: Place
    end: Place
    text: str

    @classmethod
    def of_json(cls, value: Json) -> Edit:
        return cls(Place.of_json(value["start"]), Place.of_json(value["end"]), value["text"])

    def applied(self, source: str) -> str:
        """A text with this edit made."""
        lines = source.splitlines(keepends=True)
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        first = starts[self.start.line - 1] + self.start.column - 1
        last = starts[self.end.line - 1] + self.end.column - 1
        return source[:first] + self.text + source[last:]


@dataclass(frozen=True)
class Claim:
    """One claim and its verdict."""

    name: str
    line: int
    verdict: str
    #: How a verdict that holds was reached: its ``method`` and figures.
    evidence: Mapping[str, Any] = field(default_factory=dict)
    #: Why the claim is wrong, when that was found: a kind, a colon, a sentence.
    cause: str | None = None
    #: A change that was tried, and its verdict.
    help: str | None = None
    #: The first entry that differs, its exact and its claimed value.
    entry: tuple[int, ...] | None = None
    exact: str | None = None
    claimed: str | None = None
    #: How many of so many entries differ, at these sizes.
    differing: int | None = None
    entries: int | None = None
    #: All entries that differ, as far as the program lists them.
    places: tuple[tuple[int, ...], ...] = ()
    #: The kind of the cause, such as ``flip``.
    cause_code: str | None = None
    #: The values at which the claim is refuted; ``evaluate(source, claim.point)`` repeats them.
    point: Mapping[str, Any] | None = None
    #: The change that was tried, as edits of the text.
    fix: tuple[Edit, ...] = ()
    #: Why nothing was decided.
    reason: str | None = None
    #: The wrong claim whose error this one inherits, and its line.
    inherited_from: tuple[str, int] | None = None
    #: Everything that the program says, fields of later versions too.
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_json(cls, value: Json) -> Claim:
        entry = value.get("entry")
        origin = value.get("from")
        return cls(
            name=value["name"],
            line=value["line"],
            verdict=value["verdict"],
            evidence=value.get("evidence", {}),
            cause=value.get("cause"),
            help=value.get("help"),
            entry=None if entry is None else tuple(entry),
            exact=value.get("exact"),
            claimed=value.get("claimed"),
            differing=value.get("differing"),
            entries=value.get("entries"),
            places=tuple(tuple(place) for place in value.get("places", ())),
            cause_code=value.get("causeCode"),
            point=value.get("point"),
            fix=tuple(Edit.of_json(each) for each in value.get("fix", {}).get("edits", ())),
            reason=value.get("reason"),
            inherited_from=None if origin is None else (origin, value.get("fromLine", 0)),
            raw=value,
        )

    @property
    def holds(self) -> bool:
        """Whether the claim stands."""
        said = self.raw.get("holds")
        return self.verdict in HOLDING if said is None else bool(said)

    def fixed(self, source: str) -> str:
        """A text with the change made that was tried; the text itself where there is none."""
        for edit in sorted(self.fix, key=lambda edit: (edit.start.line, edit.start.column), reverse=True):
            source = edit.applied(source)
        return source

    @property
    def is_wrong(self) -> bool:
        """Whether the claim is refuted, by itself or through a line that it uses."""
        return self.verdict in REFUTING

    @property
    def explanation(self) -> str:
        """What there is to say beside the verdict, in a few lines; empty where there is nothing."""
        lines = []
        if self.cause:
            lines.append(self.cause)
        if self.inherited_from:
            name, line = self.inherited_from
            lines.append(f"right by itself, but it uses {name} (line {line}), which is wrong")
        if self.entry is not None:
            place = f"{self.name}[{', '.join(map(str, self.entry))}]"
            lines.append(f"{place} is {self.exact}, not {self.claimed}")
        if self.differing is not None:
            lines.append(f"{self.differing} of {self.entries} entries differ")
        if self.reason:
            lines.append(self.reason)
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)

    def __str__(self) -> str:
        head = f"{_show.GLYPHS.get(_show.kind(self), '?')} {self.name} (line {self.line}): {self.verdict}"
        return "\n    ".join([head, *self.explanation.splitlines()])


@dataclass(frozen=True)
class FileReport:
    """The report on one file."""

    file: str
    dims: Mapping[str, int]
    gradients: tuple[Gradient, ...]
    claims: tuple[Claim, ...]
    #: The lines of the forward pass.
    forward: tuple[Gradient, ...] = ()
    #: What the given sizes must meet for the file to make sense.
    assumptions: tuple[str, ...] = ()
    #: How the derived gradients themselves were compared with dual numbers and finite differences.
    self_check: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_json(cls, value: Json) -> FileReport:
        return cls(
            file=value["file"],
            dims=value.get("dims", {}),
            gradients=tuple(Gradient.of_json(each) for each in value.get("gradients", ())),
            claims=tuple(Claim.of_json(each) for each in value.get("claims", ())),
            forward=tuple(Gradient.of_json(each) for each in value.get("forward", ())),
            assumptions=tuple(value.get("assumptions", ())),
            self_check=value.get("selfCheck", {}),
            raw=value,
        )


@dataclass(frozen=True)
class Report:
    """The verdict on every claim, and the derived backward pass.

    In a notebook it shows itself as formulas and tables; ``str`` gives the program's own text.
    """

    files: tuple[FileReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    #: The program's exit status: 0 all claims hold, 1 one is wrong, 2 a file is wrong, 3 undecided or on a kink.
    status: int
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _text: Callable[[], str] | None = field(default=None, repr=False, compare=False)
    _mathml: Callable[[], tuple[str, ...]] | None = field(default=None, repr=False, compare=False)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all files, in order."""
        return tuple(claim for file in self.files for claim in file.claims)

    @property
    def gradients(self) -> tuple[Gradient, ...]:
        """The derived lines of all files, in order."""
        return tuple(gradient for file in self.files for gradient in file.gradients)

    @property
    def ok(self) -> bool:
        """Whether the file was understood and every claim holds."""
        return self.status == 0

    @property
    def text(self) -> str:
        """The report as the program prints it for people."""
        if self._text is not None:
            return self._text()
        lines = [str(diagnostic) for diagnostic in self.diagnostics]
        return "\n".join(lines + [str(claim) for claim in self.claims])

    @property
    def mathml(self) -> tuple[str, ...]:
        """The derived lines as MathML."""
        return () if self._mathml is None else self._mathml()

    def __getitem__(self, name: str) -> Claim:
        """The last claim about ``name``: where a file claims one gradient twice, the later line counts."""
        for claim in reversed(self.claims):
            if claim.name == name:
                return claim
        raise KeyError(name)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims)

    def raise_for_verdict(self) -> Report:
        """Gives the report back when all claims hold.

        :raises WrongGradient: otherwise; an ``AssertionError`` whose message is the report.
        """
        __tracebackhide__ = True
        if not self.ok:
            raise WrongGradient(self)
        return self

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        return _show.report_html(self)


@dataclass(frozen=True)
class Derivation:
    """A derived backward pass."""

    gradients: tuple[Gradient, ...]
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _notation: Callable[[str], str] | None = field(default=None, repr=False, compare=False)
    _explained: Callable[[], str] | None = field(default=None, repr=False, compare=False)

    def __getitem__(self, name: str) -> Gradient:
        """The line of one gradient, such as ``"dW"``."""
        for gradient in self.gradients:
            if gradient.name == name:
                return gradient
        raise KeyError(name)

    def __iter__(self) -> Iterator[Gradient]:
        return iter(self.gradients)

    def __len__(self) -> int:
        return len(self.gradients)

    @property
    def text(self) -> str:
        """The lines as the program prints them, with their shapes."""
        return self.notation("text")

    def notation(self, name: str) -> str:
        """The lines in another notation: ``index latex mathml numpy pytorch jax cpp swift``."""
        if self._notation is None:
            raise ValueError("this derivation was not made by `derive`")
        return self._notation(name)

    @property
    def explained(self) -> str:
        """Every line with the forward line that it comes from, its rule, and why its shapes fit."""
        return self.text if self._explained is None else self._explained()

    @property
    def latex(self) -> str:
        """The lines as LaTeX, one a line."""
        return self.notation("latex")

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        return _show.derivation_html(self)
