"""Judges numbers that a backward pass computed: draws probes, runs it, and has the results judged."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import _safetensors, _show
from ._api import Source, _diagnostics, derive, read, shapes
from ._errors import GradcheckError
from ._program import run
from ._safetensors import Tensor

#: Verdicts on numbers after which they stand.
HOLDING = frozenset({"exact", "within", "identical"})

#: The kinds of probes, and what they are good for: whole numbers, which a right kernel of a polynomial layer does not
#: round at all; ordinary numbers; an upstream gradient that is zero nearly everywhere.
KINDS = ("integer", "normal", "sparse")

#: What runs a kernel: tensors of a probe by name, to gradients (and outputs) by name.
Kernel = Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]]


@dataclass(frozen=True)
class JudgedTensor:
    """The verdict on one tensor of one run."""

    name: str
    verdict: str
    storage: str
    accumulation: str
    #: In how many bits the worst entry agrees; none where all are exact.
    bits: float | None = None
    #: The worst entry: its place, the exact and the computed value, and its error as a share of the bound.
    entry: tuple[int, ...] | None = None
    exact: str | None = None
    computed: str | None = None
    bound_ratio: float | None = None
    #: How many entries lie beyond the bound, and where.
    beyond: int = 0
    pattern: str | None = None
    cause: str | None = None
    #: For what is identical in exact runs: a difference is missed with a probability of 2 to minus this at most.
    false_accept_bits: int | None = None
    #: Why nothing is said.
    reason: str | None = None
    #: Which probe, such as ``integer, seed 1``.
    probe: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of_json(cls, value: Mapping[str, Any], probe: str = "") -> JudgedTensor:
        worst = value.get("worst") or {}
        entry = worst.get("entry")
        ratio = worst.get("bound_ratio")
        return cls(
            name=value["name"],
            verdict=value["verdict"],
            storage=value.get("storage", ""),
            accumulation=value.get("accumulation", ""),
            bits=value.get("bits"),
            entry=None if entry is None else tuple(entry),
            exact=worst.get("exact"),
            computed=worst.get("computed"),
            bound_ratio=None if ratio is None else float(ratio),
            beyond=value.get("beyond", 0),
            pattern=value.get("pattern"),
            cause=value.get("cause"),
            false_accept_bits=value.get("false_accept_bits"),
            reason=value.get("reason"),
            probe=probe,
            raw=value,
        )

    @property
    def holds(self) -> bool:
        """Whether every entry is one that a right kernel may compute."""
        return self.verdict in HOLDING

    @property
    def is_wrong(self) -> bool:
        return self.verdict == "wrong"

    @property
    def explanation(self) -> str:
        """What there is to say beside the verdict, in a few lines."""
        lines = []
        if self.cause:
            lines.append(self.cause)
        if self.reason:
            lines.append(self.reason)
        if self.false_accept_bits is not None:
            lines.append(f"false accept below 2^-{self.false_accept_bits}")
        if self.beyond:
            where = f", {self.pattern}" if self.pattern else ""
            lines.append(f"{self.beyond} entries beyond the bound{where}")
        if self.entry is not None and not self.holds:
            share = "" if self.bound_ratio is None else f", {self.bound_ratio:.3g} × the bound"
            place = f"{self.name}[{', '.join(map(str, self.entry))}]"
            lines.append(f"worst {place}: exact {self.exact}, computed {self.computed}{share}")
        if self.holds and self.bits is not None:
            lines.append(f"{self.bits:g} bits")
        return "\n".join(lines)

    def __str__(self) -> str:
        head = f"{_show.GLYPHS[_show.kind(self)]} {self.name}: {self.verdict} ({self.storage}; {self.probe})"
        return "\n    ".join([head, *self.explanation.splitlines()])


def hides_verdicts(raised: Any) -> bool:
    """For ``__tracebackhide__``: pytest shows the test that a verdict is about, and what else is raised in full."""
    return bool(raised.errisinstance(AssertionError))


@dataclass(frozen=True)
class Judgement:
    """The verdicts on everything that a kernel computed, over all its probes."""

    tensors: tuple[JudgedTensor, ...]
    #: The probes that could not be drawn, and why: whole numbers, say, where a format has no room for them.
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there is something, and all of it stands."""
        return bool(self.tensors) and all(tensor.holds for tensor in self.tensors)

    def __iter__(self) -> Iterator[JudgedTensor]:
        return iter(self.tensors)

    def __getitem__(self, name: str) -> JudgedTensor:
        """The worst verdict on a tensor, over all probes."""
        mine = [tensor for tensor in self.tensors if tensor.name == name]
        if not mine:
            raise KeyError(name)
        return max(mine, key=lambda tensor: (tensor.is_wrong, not tensor.holds, tensor.bound_ratio or 0))

    def raise_for_verdict(self) -> Judgement:
        """Gives the judgement back when everything stands.

        :raises WrongKernel: otherwise; an ``AssertionError`` whose message says what does not, and where.
        """
        __tracebackhide__ = True
        if not self.ok:
            raise WrongKernel(self)
        return self

    def __str__(self) -> str:
        refused = [f"no probe ({probe}): {reason}" for probe, reason in self.refused]
        return "\n".join([*map(str, self.tensors), *refused])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        rows = []
        for tensor in self.tensors:
            remark = "<br>".join(_show.words(line) for line in tensor.explanation.splitlines())
            where = _show.code(f"{tensor.storage}; {tensor.probe}")
            rows.append([_show.code(tensor.name), _show.label(tensor), remark, where])
        return _show.table(rows, ["tensor", "verdict", "", "probe"])


class WrongKernel(AssertionError):
    """A kernel computed what no right kernel computes, or what cannot be decided. Holds the judgement."""

    def __init__(self, judgement: Judgement) -> None:
        failing = [str(tensor) for tensor in judgement if not tensor.holds]
        super().__init__("\n".join(failing) or "nothing was judged")
        self.judgement = judgement


@dataclass(frozen=True)
class Layer:
    """What a kernel has to be told of a layer: names and their roles."""

    source: Source
    #: Every declared name, in order.
    declared: tuple[str, ...]
    #: Those that have a gradient.
    differentiable: tuple[str, ...]
    parameters: tuple[str, ...]

    @classmethod
    def of(cls, source: Source, dims: Mapping[str, int] | None = None) -> Layer:
        values = shapes(source, dims=dims)["values"]
        roles = {each["name"]: each["definition"] for each in values}
        declared = [name for name, role in roles.items() if role in ("input", "param", "const")]
        gradients = {gradient.name for gradient in derive(source, dims=dims)}
        return cls(
            source,
            tuple(declared),
            tuple(name for name in declared if f"d{name}" in gradients),
            tuple(name for name in declared if roles[name] == "param"),
        )

    def upstream(self, probe: Mapping[str, Tensor]) -> tuple[str, ...]:
        """The names of the upstream gradients in a probe; none where the layer is a loss."""
        return tuple(name for name in probe if name not in self.declared)

    def output(self, probe: Mapping[str, Tensor]) -> str:
        """The name of the output whose upstream gradient a probe holds.

        :raises GradcheckError: for a layer that is a loss, or has several outputs.
        """
        names = self.upstream(probe)
        if len(names) != 1 or not names[0].startswith("d"):
            raise GradcheckError("a layer with one output is expected")
        return names[0][1:]


def judge_kernel(
    source: Source,
    kernel: Kernel,
    *,
    dtype: str,
    accumulate: str | None = None,
    intermediate: str | None = None,
    seeds: Iterable[int] = (1,),
    kinds: Sequence[str] | None = None,
    dims: Mapping[str, int] | None = None,
) -> Judgement:
    """Runs a kernel at probes of every kind and seed, and has the program judge what it computed.

    A probe that the format cannot hold is left out, as long as another is not.

    :raises GradcheckError: when the layer is wrong, or no probe can be drawn, or something was computed and not judged.
    """
    sizes = [argument for name, extent in (dims or {}).items() for argument in ("--dim", f"{name}={extent}")]
    declared = {"--accumulate": accumulate, "--intermediate": intermediate}
    more = [argument for name, value in declared.items() if value for argument in (name, value)]
    tensors: list[JudgedTensor] = []
    refused: list[tuple[str, str]] = []
    refusal: GradcheckError | None = None
    with tempfile.TemporaryDirectory(prefix="gradcheck-kernel-") as folder:
        layer = Path(folder, "layer.expr")
        layer.write_text(read(source), encoding="utf-8")
        probe, results = Path(folder, "probe.safetensors"), Path(folder, "results.safetensors")
        for kind, seed in itertools.product(kinds or KINDS, seeds):
            try:
                _draw(layer, probe, dtype, kind, seed, sizes)
            except GradcheckError as error:
                refusal = error
                refused.append((f"{kind}, seed {seed}", str(error)))
                continue
            computed = kernel(_safetensors.read(probe))
            _safetensors.write(results, computed)
            arguments = ["judge", *sizes, *more, "--at", str(probe), str(layer), str(results)]
            judged = _judged(arguments, f"{kind}, seed {seed}")
            unjudged = set(computed) - {tensor.name for tensor in judged}
            if unjudged:
                raise GradcheckError(f"the program did not judge {', '.join(sorted(unjudged))}")
            tensors += judged
    if not tensors and refusal is not None:
        raise refusal
    return Judgement(tuple(tensors), tuple(refused))


def judge_files(
    layer: Path, files: Iterable[tuple[Path, Path]], sizes: Sequence[str], probe: str
) -> list[JudgedTensor]:
    """The verdicts on results at several probes, judged together."""
    pairs = list(files)
    at = [argument for point, _ in pairs for argument in ("--at", str(point))]
    return _judged(["judge", *sizes, *at, str(layer), *(str(results) for _, results in pairs)], probe)


def _draw(layer: Path, probe: Path, dtype: str, kind: str, seed: int, sizes: Sequence[str]) -> None:
    drawn = ["--dtype", dtype, "--kind", kind, "--seed", str(seed), "-o", str(probe)]
    output = run(["probe", *sizes, *drawn, "--format", "json", str(layer)])
    if output.status != 0:
        _refuse(output.text, output.errors)


def _judged(arguments: Sequence[str], probe: str) -> list[JudgedTensor]:
    output = run([*arguments, "--format", "json"])
    value = _object(output.text)
    if value is None or not value.get("files") or output.status == 2:
        _refuse(output.text, output.errors)
        return []
    return [JudgedTensor.of_json(each, probe) for file in value["files"] for each in file["tensors"]]


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _refuse(text: str, errors: str) -> None:
    value = _object(text)
    diagnostics = _diagnostics(value) if value is not None else ()
    if diagnostics:
        raise GradcheckError.of_diagnostics(diagnostics)
    raise GradcheckError(errors.strip() or text.strip() or "the program gave no report", status=2)
