"""What other programs are to read is what their schemas say: SARIF 2.1.0, and the XML of JUnit."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest
from conftest import ROOT
from lxml import etree


@pytest.fixture(scope="session")
def sarif_schema(schemas):
    schema = json.loads((schemas / "sarif-schema-2.1.0.json").read_text())
    assert schema["properties"]["version"]["enum"] == ["2.1.0"]
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


@pytest.fixture(scope="session")
def junit_schema(schemas):
    return etree.XMLSchema(etree.parse(str(schemas / "junit-10.xsd")))


def all_files(wrong_files):
    examples = [file for file in sorted((ROOT / "Examples").glob("*.expr")) if "budget" not in file.read_text()]
    assert len(examples) > 20
    return [*wrong_files, *examples]


@pytest.fixture(scope="session")
def sarif(gradcheck, wrong_files):
    return json.loads(gradcheck("--format", "sarif", *all_files(wrong_files)))


@pytest.fixture(scope="session")
def junit(gradcheck, wrong_files):
    return gradcheck("--format", "junit", *all_files(wrong_files))


def test_sarif_is_valid(sarif, sarif_schema):
    problems = [f"{list(error.absolute_path)}: {error.message}" for error in sarif_schema.iter_errors(sarif)]
    assert problems == []


def test_what_is_no_sarif_is_refused(sarif, sarif_schema):
    for spoil in (
        lambda log: log.pop("version"),
        lambda log: log["runs"][0]["results"][0].update(level="bad"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["tool"]["driver"].update(surprise=1),
    ):
        log = copy.deepcopy(sarif)
        spoil(log)
        assert list(sarif_schema.iter_errors(log))


def test_every_result_has_its_rule_with_a_page(sarif):
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) > 15
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["markdown"].startswith("# "), rule["id"]
        assert rule["shortDescription"]["text"].endswith(".")


def test_fixes_make_the_claim_hold(gradcheck, wrong_files, tmp_path):
    """Each fix is made in a copy of its file: the claim on that line then holds."""
    made = 0
    for file in wrong_files:
        text = file.read_text()
        log = json.loads(gradcheck("--format", "sarif", file))
        for result in log["runs"][0]["results"]:
            for fix in result.get("fixes", []):
                (change,) = fix["artifactChanges"]
                repaired = tmp_path / "repaired.expr"
                repaired.write_text(edited(text, change["replacements"]))
                report = json.loads(gradcheck("--format", "json", repaired))
                line = result["locations"][0]["physicalLocation"]["region"]["startLine"]
                (claim,) = [claim for claim in report["files"][0]["claims"] if claim["line"] == line]
                assert claim["holds"], (file.name, fix)
                made += 1
    assert made >= 10


def edited(text, replacements):
    rows = text.split("\n")

    def offset(line, column):
        return sum(len(row) + 1 for row in rows[: line - 1]) + column - 1

    def place(replacement):
        region = replacement["deletedRegion"]
        return region["startLine"], region["startColumn"]

    # From the end, so that what stands before keeps its place.
    for replacement in sorted(replacements, key=place, reverse=True):
        region = replacement["deletedRegion"]
        start = offset(region["startLine"], region["startColumn"])
        end = offset(region["endLine"], region["endColumn"])
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_junit_is_valid(junit, junit_schema):
    assert junit_schema.validate(etree.fromstring(junit.encode())), junit_schema.error_log


def test_what_is_no_junit_is_refused(junit, junit_schema):
    assert not junit_schema.validate(etree.fromstring(junit.replace("<testcase ", "<case ", 1).replace("</testcase>", "</case>", 1).encode()))
    assert not junit_schema.validate(etree.fromstring(junit.replace(' name="', ' nome="', 1).encode()))


def test_junit_counts_what_it_has(junit):
    suites = ElementTree.fromstring(junit)
    assert len(suites) > 40
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))


def test_the_report_is_what_its_own_schema_says(gradcheck, wrong_files):
    schema = json.loads((ROOT / "Documentation/report.schema.json").read_text())
    report = json.loads(gradcheck("--format", "json", *all_files(wrong_files)))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [f"{list(error.absolute_path)}: {error.message}" for error in validator.iter_errors(report)] == []
