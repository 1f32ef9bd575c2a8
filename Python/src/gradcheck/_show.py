"""Reports as HTML for notebooks: no script, nothing fetched, legible on light and on dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ._report import Claim, Derivation, Gradient, Report
    from ._values import Values

GLYPHS = {"holds": "✓", "wrong": "✗", "inherited": "~", "open": "?"}

# White text on each of these has a contrast above 4.5, whatever the page's background is.
_COLOURS = {"holds": "#1a7f37", "wrong": "#c62828", "inherited": "#9a6700", "open": "#57606a"}

_CELL = "text-align:left;vertical-align:top;padding:0.2em 0.8em"
_MONO = "font-family:monospace;white-space:pre-wrap"


class Judged(Protocol):
    """What has a verdict."""

    @property
    def verdict(self) -> str: ...

    @property
    def holds(self) -> bool: ...


def kind(claim: Judged) -> str:
    """Under which colour and glyph a verdict is shown."""
    if claim.holds:
        return "holds"
    if claim.verdict in ("wrong", "inherited"):
        return claim.verdict
    return "open"


def code(text: str) -> str:
    """Text of the language, as it stands."""
    return f'<code style="{_MONO}">{escape(text)}</code>'


def badge(text: str, colour: str) -> str:
    """A word on a coloured ground."""
    style = f"background:{colour};color:#fff;padding:0.1em 0.6em;border-radius:0.6em;white-space:nowrap"
    return f'<span style="{style}">{escape(text)}</span>'


def table(rows: Iterable[Sequence[str]], head: Sequence[str] = ()) -> str:
    """A table of cells that are HTML already."""
    lines = ['<table style="border-collapse:collapse;margin:0.4em 0">']
    if head:
        cells = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in head)
        lines.append(f"<thead><tr>{cells}</tr></thead>")
    lines.append("<tbody>")
    for row in rows:
        lines.append("<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>")
    lines.append("</tbody></table>")
    return "\n".join(lines)


def gradients_table(gradients: Sequence[Gradient], mathml: Sequence[str] = ()) -> str:
    """The backward pass: formulas where they are known, the text that parses back beside them."""
    with_formulas = len(mathml) == len(gradients)
    rows = []
    for number, gradient in enumerate(gradients):
        formula = [_at_the_left(mathml[number])] if with_formulas else []
        rows.append([*formula, code(gradient.statement), code(f"[{', '.join(gradient.shape)}]")])
    head = [*(["formula"] if with_formulas else []), "backward", "shape"]
    return table(rows, head)


def _at_the_left(formula: str) -> str:
    """A formula as large as one that stands alone, but not in the middle."""
    return formula.replace('display="block"', 'display="inline" displaystyle="true"', 1)


def evidence_text(evidence: Mapping[str, object]) -> str:
    """How a verdict was reached, in words."""
    method = str(evidence.get("method", ""))
    if method == "normal form":
        return "for all sizes"
    others = [f"{name} {value}" for name, value in evidence.items() if name != "method"]
    return "; ".join([part for part in [method, *others] if part])


def label(claim: Judged) -> str:
    """A verdict with its glyph and colour."""
    shown = kind(claim)
    return badge(f"{GLYPHS[shown]} {claim.verdict}", _COLOURS[shown])


def claim_row(claim: Claim) -> list[str]:
    """One claim: name, verdict, and why."""
    remark = escape(evidence_text(claim.evidence)) if claim.holds else ""
    if claim.explanation:
        remark = "<br>".join(words(line) for line in claim.explanation.splitlines())
    return [code(claim.name), label(claim), remark, f"line&nbsp;{claim.line}"]


def words(line: str) -> str:
    """A sentence whose parts between back ticks are code."""
    parts = line.split("`")
    if len(parts) % 2 == 0:
        return escape(line)
    return "".join(code(part) if number % 2 else escape(part) for number, part in enumerate(parts))


#: Pictures of more entries than these say less than their number.
_MOST_SQUARES = 2048


def differing_picture(claim: Claim) -> str:
    """Where a claim differs, as far as its entries are listed: the last axis to the right, all others downwards."""
    if not claim.places or not claim.places[0] or (claim.entries or 0) > _MOST_SQUARES:
        return ""
    if claim.differing == claim.entries or len(claim.places) != claim.differing:
        return ""
    extents = [1 + max(place[axis] for place in claim.places) for axis in range(len(claim.places[0]))]
    rows = math.prod(extents[:-1])
    if claim.entries and claim.entries % rows == 0:
        extents[-1] = max(extents[-1], claim.entries // rows)
    squares = [[0.0] * extents[-1] for _ in range(rows)]
    for place in claim.places:
        row = 0
        for extent, index in zip(extents[:-1], place[:-1], strict=True):
            row = row * extent + index
        squares[row][place[-1]] = 1.0
    return heat_map(squares, title=f"{claim.name}, line {claim.line}: entries that differ")


def report_html(report: Report) -> str:
    """The whole report."""
    parts = ["<div>"]
    for diagnostic in report.diagnostics:
        parts.append(f'<pre style="{_MONO}">{escape(str(diagnostic))}</pre>')
    single = len(report.files) == 1
    for file in report.files:
        sizes = " ".join(f"{name}={extent}" for name, extent in file.dims.items())
        parts.append(f"<p><strong>{escape(file.file)}</strong>&ensp;{escape(sizes)}</p>")
        if file.forward:
            rows = [[code(line.statement), code(f"[{', '.join(line.shape)}]")] for line in file.forward]
            parts.append(table(rows, ["forward", "shape"]))
        if file.gradients:
            parts.append(gradients_table(file.gradients, report.mathml if single else ()))
        if file.claims:
            parts.append(table([claim_row(claim) for claim in file.claims], ["claim", "verdict", "", ""]))
            parts += [picture for claim in file.claims if (picture := differing_picture(claim))]
        if file.assumptions:
            parts.append(f"<p>assumes: {escape('; '.join(file.assumptions))}</p>")
    parts.append("</div>")
    return "\n".join(parts)


def derivation_html(derivation: Derivation) -> str:
    """The derived lines as formulas and text."""
    return gradients_table(derivation.gradients, derivation.notation("mathml").splitlines())


def values_html(values: Values) -> str:
    """Names, shapes and entries."""
    rows = []
    for name in values:
        shape = "[" + ", ".join(map(str, values.shape(name))) + "]"
        rows.append([code(name), code(shape), code(_shortened(str_of(values[name])))])
    return table(rows, ["value", "shape", "entries"])


def str_of(value: object) -> str:
    """Nested lists of exact numbers, as they are written."""
    if isinstance(value, list):
        return "[" + ", ".join(str_of(each) for each in value) + "]"
    return str(value)


def _shortened(text: str, limit: int = 600) -> str:
    return text if len(text) <= limit else text[:limit] + " …"


def heat_map(rows: Sequence[Sequence[float]], *, title: str = "", limit: float = 1.0) -> str:
    """A picture of a matrix of shares: white at 0, full red from ``limit`` on; not finite is black.

    Every square carries its place and value as a tooltip.
    """
    side = max(4, min(18, 540 // max(1, max((len(row) for row in rows), default=1))))
    width, height = side * max((len(row) for row in rows), default=0), side * len(rows)
    parts = [f'<svg width="{width}" height="{height}" role="img" aria-label="{escape(title, quote=True)}">']
    for i, row in enumerate(rows):
        for j, share in enumerate(row):
            parts.append(
                f'<rect x="{side * j}" y="{side * i}" width="{side}" height="{side}" fill="{_heat(share, limit)}"'
                f' stroke="#8888"><title>[{i}, {j}]: {share:.3g}</title></rect>'
            )
    parts.append("</svg>")
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    return f"<figure>{caption}{''.join(parts)}</figure>"


def _heat(share: float, limit: float) -> str:
    if share != share or share in (float("inf"), float("-inf")):
        return "#000000"
    level = 0.0 if limit == 0 else min(1.0, abs(share) / limit)
    other = round(255 * (1 - level))
    return f"#ff{other:02x}{other:02x}"
