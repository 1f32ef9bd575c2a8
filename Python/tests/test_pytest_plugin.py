"""The plugin: which tests there are, what they come to, and what they print."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from gradcheck import _statements


def test_one_test_a_claim(pytester: pytest.Pytester, wrong: str) -> None:
    pytester.makefile(".expr", layer=wrong)
    result = pytester.runpytest("-v")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*layer.expr::file PASSED*", "*layer.expr::dz PASSED*", "*layer.expr::db FAILED*"])
    result.stdout.fnmatch_lines(["*mean for sum*"])


def test_a_verdict_points_at_the_test_and_not_into_the_package(pytester: pytest.Pytester) -> None:
    pytest.importorskip("numpy")
    pytester.makepyfile("""
        import gradcheck
        import gradcheck.numpy

        LAYER = "dims n=3; input x: [n]; y = x * x"

        def test_wrong():
            gradcheck.numpy.check(lambda x, dy: x * dy, LAYER)

        def test_report():
            gradcheck.check(LAYER + "; check dx = x * dy").raise_for_verdict()

        def test_broken():
            gradcheck.numpy.check(lambda x, dy: 1 / 0, LAYER)
    """)
    result = pytester.runpytest()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*dx: wrong*", "*ZeroDivisionError*"])
    result.stdout.no_fnmatch_line("*raise Wrong*")


def test_right_files_pass(pytester: pytest.Pytester, right: str) -> None:
    pytester.makefile(".expr", layer=right)
    pytester.runpytest().assert_outcomes(passed=4)


def test_a_file_that_is_wrong_fails_with_its_place(pytester: pytest.Pytester) -> None:
    pytester.makefile(".expr", layer="dims n\ninput x: [n]\ny = x @ W\ncheck dx = dy\n")
    result = pytester.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*layer.expr:3:9*"])


def test_claims_of_one_name_are_told_apart(pytester: pytest.Pytester) -> None:
    text = "dims n=2\ninput x: [n]\nloss L = sum(x**2)\ncheck dx = x\ncheck dx = (\n  2*x\n)\nassert 2*x == x + x\n"
    pytester.makefile(".expr", layer=text)
    result = pytester.runpytest("-v")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*::dx:4 FAILED*", "*::dx:5 PASSED*", "*::assert PASSED*"])


def test_claims_of_a_file_beside(pytester: pytest.Pytester) -> None:
    text = 'dims n=2\ninput x: [n]\nloss L = sum(x**2)\ncheck from "grads.json"\n'
    pytester.makefile(".expr", layer=text)
    pytester.makefile(".json", grads='{"at": {"x": [1, 2]}, "dx": [2, 5]}')
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, failed=1)


def test_one_claim_may_be_chosen(pytester: pytest.Pytester, wrong: str) -> None:
    pytester.makefile(".expr", layer=wrong)
    pytester.runpytest("layer.expr::dW").assert_outcomes(passed=1)
    pytester.runpytest("-k", "db").assert_outcomes(failed=1, deselected=3)


def test_junit_has_a_case_a_claim(pytester: pytest.Pytester, wrong: str) -> None:
    pytester.makefile(".expr", layer=wrong)
    pytester.runpytest("--junitxml=out.xml")
    cases = ElementTree.parse(pytester.path / "out.xml").findall(".//testcase")
    assert [case.get("name") for case in cases] == ["file", "dz", "dW", "db"]
    assert [case.get("name") for case in cases if case.find("failure") is not None] == ["db"]


@pytest.mark.parametrize("choice", ["fail", "skip", "xfail"])
def test_what_is_undecided(pytester: pytest.Pytester, choice: str) -> None:
    # Not differentiable at the given point: a kink is neither right nor wrong.
    text = "budget work=1\ndims n=64\ninput x: [n, n], w: [n, n]\nloss L = sum(relu(x @ w))\n"
    text += "check dx = (relu(x @ w) / abs(x @ w)) @ w.T\n"
    pytester.makefile(".expr", layer=text)
    pytester.makeini(f"[pytest]\ngradcheck_undecided = {choice}\n")
    outcome = {"fail": "failed", "skip": "skipped", "xfail": "xfailed"}[choice]
    pytester.runpytest("-rA").assert_outcomes(**{"passed": 1, outcome: 1})


def test_patterns_choose_files(pytester: pytest.Pytester, right: str) -> None:
    pytester.makefile(".expr", layer=right, other=right)
    pytester.makeini("[pytest]\ngradcheck_files = lay*.expr\n")
    pytester.runpytest().assert_outcomes(passed=4)
    pytester.makeini("[pytest]\ngradcheck_files =\n")
    assert pytester.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_claims_are_found_as_the_program_finds_them() -> None:
    text = "check da = (1 +\n  2)  # check db = 1\n# check dc = 1\n  check dd[i] += x[i]\n"
    text += 'assert x == y\ncheck from "a.json"\n'
    found = [(each.name, each.line) for each in _statements.claims(text)]
    assert found == [("da", 1), ("dd", 4), ("assert", 5), ("from", 6)]
