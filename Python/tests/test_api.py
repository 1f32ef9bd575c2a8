"""derive, check, evaluate: against values worked out by hand."""

from __future__ import annotations

import dataclasses
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import gradcheck


def test_the_backward_pass_of_a_product() -> None:
    pass_ = gradcheck.derive("dims m, n; param W: [m, n]; input x: [n]; y = W @ x")
    assert {gradient.name: gradient.text for gradient in pass_} == {"dW": "outer(dy, x)", "dx": "W.T @ dy"}
    assert pass_["dW"].shape == ("m", "n")
    assert str(pass_["dx"]) == "dx = W.T @ dy   # [n]"
    assert len(pass_) == 2


def test_derivation_by_some_values_only() -> None:
    names = [each.name for each in gradcheck.derive("dims n; input x: [n], y: [n]; loss L = dot(x, y)", wrt=["x"])]
    assert names == ["dx"]


@pytest.mark.parametrize("notation", gradcheck.NOTATIONS)
def test_every_notation(notation: str) -> None:
    text = gradcheck.derive("dims n=3; input x: [n]; loss L = sum(x**2)").notation(notation)
    assert "x" in text


def test_latex_and_mathml() -> None:
    pass_ = gradcheck.derive("dims m=2, n=3; param W: [m, n]; input x: [n]; y = W @ x")
    assert r"\top" in pass_.latex
    assert pass_.notation("mathml").startswith("<math")
    assert "<math" in pass_._repr_html_()
    with pytest.raises(ValueError, match="no notation 'tex'"):
        pass_.notation("tex")


def test_explanations_name_the_rule() -> None:
    assert "dx" in gradcheck.derive("dims n=2; input x: [n]; loss L = sum(x**2)").explained


def test_a_file_that_is_wrong_raises_with_its_place() -> None:
    with pytest.raises(gradcheck.GradcheckError) as caught:
        gradcheck.derive("dims n\ninput x: [n]\ny = x @ W\n")
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.line, diagnostic.column, diagnostic.severity) == (3, 9, "error")
    assert caught.value.status == 2


def test_claims_that_hold(right: str) -> None:
    report = gradcheck.check(right)
    assert report.ok
    assert [claim.verdict for claim in report] == ["proved"] * 3
    assert report.raise_for_verdict() is report
    assert report.files[0].dims == {"B": 4, "I": 3, "H": 5}


def test_a_wrong_claim_is_reported_and_raised(wrong: str) -> None:
    report = gradcheck.check(wrong)
    claim = report["db"]
    assert (claim.verdict, claim.line, claim.holds, claim.is_wrong) == ("wrong", 8, False, True)
    assert claim.cause is not None and claim.cause.startswith("mean for sum")
    assert claim.exact is not None and claim.claimed is not None
    # A mean over 4 rows in place of their sum.
    assert Fraction(claim.exact) == 4 * Fraction(claim.claimed)
    with pytest.raises(AssertionError, match="mean for sum") as caught:
        report.raise_for_verdict()
    assert isinstance(caught.value, gradcheck.WrongGradient)
    assert caught.value.report is report


def test_an_inherited_error_names_where_it_comes_from() -> None:
    report = gradcheck.check("dims n=3\ninput x: [n]\nz = 2*x\nloss L = sum(z**2)\ncheck dz = z\ncheck dx = 2*dz\n")
    assert report["dx"].verdict == "inherited"
    assert report["dx"].inherited_from == ("dz", 5)
    assert not report["dx"].holds


def test_a_wrong_file_is_a_report_with_diagnostics() -> None:
    report = gradcheck.check("input x [3]\n")
    assert not report.ok and report.status == 2
    assert report.diagnostics[0].line == 1
    with pytest.raises(gradcheck.WrongGradient):
        report.raise_for_verdict()


def test_the_later_of_two_claims_counts_and_unknown_names_are_key_errors() -> None:
    report = gradcheck.check("dims n=2\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = x\ncheck dx = 2*x\n")
    assert report["dx"].verdict == "proved"
    assert not report.ok
    with pytest.raises(KeyError):
        report["dy"]


def test_a_path_is_a_file_whatever_it_is_called(tmp_path: Path, right: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("--version")
    path.write_text(right)
    assert gradcheck.check(path).ok
    with pytest.raises(gradcheck.GradcheckError):
        gradcheck.evaluate(Path("missing.expr"), {})


def test_the_text_is_the_programs_own(wrong: str) -> None:
    assert "help: `sum(dz, axis=0)` is proved" in gradcheck.check(wrong).text


def test_the_text_has_no_colours_where_jupyter_asks_for_them(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = gradcheck.check(wrong).text
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in gradcheck.check(wrong).text
    assert gradcheck.check(wrong).text == plain


def test_html_escapes_what_a_file_holds(tmp_path: Path) -> None:
    report = gradcheck.check("dims n=2\ninput x: [n]\nloss L = sum(x**2) + <script>alert(1)</script>\n")
    assert report.diagnostics and "<script" not in report._repr_html_()
    path = tmp_path / "<b>&.expr"
    path.write_text("dims n=2\ninput x: [n]\nloss L = sum(x**2)\n")
    html = gradcheck.check(path)._repr_html_()
    assert "&lt;b&gt;&amp;.expr" in html and "<b>&" not in html


def test_values_are_exact() -> None:
    values = gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x**3)", {"x": [Fraction(1, 3), 2, "-1/2"]})
    assert values["dx"] == [Fraction(1, 3), 12, Fraction(3, 4)]
    assert values["L"] == Fraction(1, 27) + 8 - Fraction(1, 8)
    assert values.shape("dx") == (3,)
    assert values.drawn == {}


def test_a_float_is_the_binary_fraction_that_it_is() -> None:
    values = gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x)/2", {"x": [0.1]})
    assert values["L"] == Fraction(0.1) / 2
    assert values["L"] != Fraction(1, 20)
    assert gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x)/2", {"x": [Decimal("0.1")]})["L"] == Fraction(
        1, 20
    )
    large = gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x)", {"x": [2**60 + 1]})
    assert large["L"] == 2**60 + 1


def test_what_is_not_rational_has_right_digits() -> None:
    values = gradcheck.evaluate("dims n; input x: [n]; loss L = sum(exp(x))", {"x": [1]}, digits=40)
    assert str(values["L"]) == "2.718281828459045235360287471352662497757"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_what_is_not_finite_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="finite"):
        gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x)", {"x": [value]})


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(TypeError):
        gradcheck.evaluate("dims n; input x: [n]; loss L = sum(x)", {"x": object()})


def test_what_is_left_out_is_drawn_and_said() -> None:
    values = gradcheck.evaluate("dims n=2; input x: [n]; y = 3*x", {"x": [1, 2]})
    assert values["y"] == [3, 6]
    assert list(values.drawn) == ["dy"]


def test_arrays_go_in_and_come_out() -> None:
    numpy = pytest.importorskip("numpy")
    point = {"x": numpy.arange(6, dtype=numpy.float32).reshape(2, 3), "dy": numpy.ones((2, 2), dtype=numpy.int64)}
    values = gradcheck.evaluate(
        "dims B, I, O; input x: [B, I]; param W: [O, I]; y = x @ W.T", {**point, "W": [[1, 2, 3], [4, 5, 6]]}
    )
    assert (values.array("dW") == point["dy"].T @ point["x"]).all()
    assert values.array("dW", dtype=object).dtype == object
    assert values.array("y", dtype="float32").dtype == numpy.float32


def test_a_point_gives_the_verdict_at_that_point() -> None:
    at_the_point = gradcheck.check("dims n=2; input x: [n]; loss L = sum(x**2); check dx = x + 1", at={"x": [1, 3]})
    assert at_the_point["dx"].is_wrong


def test_shapes_and_finite_differences() -> None:
    file = gradcheck.shapes("input x: [1, 3, 8, 8]; param w: [4, 3, 3, 3]; y = conv2d(x, w, stride=2, padding=1)")
    assert file["values"][-1]["extents"] == [1, 4, 4, 4]
    assert file["parameters"] == 4 * 3 * 3 * 3
    table = gradcheck.finite_differences("dims n=3; input x: [n]; loss L = sum(x**2)")
    assert table["double"][0]["step"] == "1/10"


def test_reports_are_values() -> None:
    first, second = (gradcheck.check("dims n=2; input x: [n]; loss L = sum(x); check dx = ones(n)") for _ in range(2))
    assert first == second
    with pytest.raises(dataclasses.FrozenInstanceError):
        first.status = 3  # type: ignore[misc]


def test_a_program_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCHECK_PROGRAM", "/nowhere/gradcheck")
    with pytest.raises(gradcheck.ProgramNotFound, match="/nowhere/gradcheck"):
        gradcheck.check("dims n=2; input x: [n]; loss L = sum(x)")


def test_a_program_that_is_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "gradcheck"
    other.write_text("#!/bin/sh\necho hello\n")
    other.chmod(0o755)
    monkeypatch.setenv("GRADCHECK_PROGRAM", os.fspath(other))
    with pytest.raises(gradcheck.GradcheckError, match="no report"):
        gradcheck.check("dims n=2; input x: [n]; loss L = sum(x)")


def test_versions_agree() -> None:
    assert gradcheck.program_version() == gradcheck.__version__


def test_fields_of_the_second_version() -> None:
    edits = {"edits": [{"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 6}, "text": "ö"}]}
    json = {"name": "dx", "line": 2, "verdict": "wrong", "holds": False, "causeCode": "flip", "fix": edits}
    claim = gradcheck.Claim.of_json({**json, "places": [[0, 1], [1, 1]], "differing": 2, "entries": 6})
    assert claim.fixed("a\nb éxcept\n") == "a\nb öept\n"
    assert claim.cause_code == "flip" and claim.places == ((0, 1), (1, 1))
    # Two rows of three, the middle column filled.
    picture = gradcheck.Report((gradcheck.FileReport("f", {}, (), (claim,)),), (), 1)._repr_html_()
    assert picture.count("<rect") == 6 and picture.count("#ff0000") == 2
    assert gradcheck.Claim.of_json({"name": "dx", "line": 1, "verdict": "a word of later", "holds": True}).holds


def test_a_file_that_is_no_text_is_a_report(tmp_path: Path) -> None:
    path = tmp_path / "layer.expr"
    path.write_bytes(b"dims n=2\ninput x: [n]\ny = \xff\xfe\x00\n")
    report = gradcheck.check(path)
    assert report.status == 2 and report.diagnostics
