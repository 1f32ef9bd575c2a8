"""Programs that answer wrongly about sequences on purpose are found out."""
import json
import random
import subprocess

import pytest

import loops
from checker import Verdicts
from sequence_campaign import SequenceCampaign

NUMBERS = range(24)


@pytest.fixture
def campaign(tmp_path, monkeypatch):
    """A campaign whose program says a word of every claim, and whose values are those of the loops plus something."""
    def held(word, more=0, end=""):
        def run(command, input="", **options):
            one = asked[input]
            values = {name: [str(entry + more) for entry in entries] for name, entries in one.items()}
            return subprocess.CompletedProcess(command, 0, json.dumps({"values": values}), "")

        def check(texts, causes):
            assert not causes
            rights = [made[text] for text in texts]
            return [Verdicts(end=end) if end else Verdicts([word] * len(right), names=list(right)) for right in rights]
        asked, made = {}, {}
        monkeypatch.setattr("sequence_campaign.Checker", lambda binary, seconds: type(
            "Liar", (), {"check": staticmethod(check), "binary": binary})())
        one = SequenceCampaign("liar", "liars", tmp_path)
        for number in NUMBERS:
            source = random.Random(f"liars-{number}")
            if number % 3 == 2:
                loop = loops.loop(source)
                asked[loop.text] = loop.expected(loops.point(source, loop.length))
            else:
                _, program, _ = one.make(number) or (0, None, 0)
                if program:
                    made[program.text] = program.right(number)
        one.seen.clear()
        monkeypatch.setattr("sequence_campaign.subprocess.run", run)
        one.run(NUMBERS, float("inf"))
        return one, made, asked
    return held


def test_who_accepts_everything_is_found_out(campaign):
    one, made, _ = campaign("proved")
    assert one.counts["failed"] == sum(not all(right.values()) for right in made.values()) > 5
    assert one.counts["right"] == sum(sum(right.values()) for right in made.values())


def test_who_refuses_everything_is_found_out(campaign):
    one, made, _ = campaign("wrong")
    assert one.counts["failed"] == sum(any(right.values()) for right in made.values()) > 5


def test_values_that_are_off_are_found_out(campaign):
    one, _, asked = campaign("undecided", more=1)
    assert one.counts["failed"] == len(asked) == 8


def test_who_is_right_is_left_alone_and_no_text_is_judged_twice(campaign):
    one, made, asked = campaign("undecided")
    assert one.counts["failed"] == 0 and one.counts["programs"] == len(made) + len(asked)
    one.run(NUMBERS, float("inf"))
    assert one.counts["programs"] == len(made) + len(asked)


def test_a_crash_is_a_failure(campaign):
    one, made, _ = campaign("", end="signal 6 after 0.1 s")
    assert one.counts["failed"] == len(made)
