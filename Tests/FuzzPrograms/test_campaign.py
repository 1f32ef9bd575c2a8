"""Programs that answer wrongly on purpose are found out, however many files a process is given."""
import json
import stat
import sys
import textwrap
from collections import Counter

import pytest

import readback
from campaign import Campaign, Shares, Tally, report
from checker import Checker

#: Says of each claim what a table has for it; a file with a certain word in it ends otherwise.
LIAR = '''
    import json, os, sys, time
    marker, end = {marker!r}, {end!r}
    files = [a for a in sys.argv[1:] if a.endswith(".expr")]
    if "--help" in sys.argv:
        print("--no-causes")
        sys.exit()
    texts = [open(f).read() for f in files]
    with open({log!r}, "a") as log:
        print(len(files), "--no-causes" in sys.argv, file=log)
    marked = [marker in text for text in texts]
    if any(marked) and end == "crash":
        os.abort()
    if any(marked) and end == "status":
        sys.exit(70)
    begun = time.process_time()
    while any(marked) and end == "slow" and time.process_time() - begun < 0.4:
        pass
    table = json.load(open({table!r}))
    report = [dict(file=f, seconds=0.4 * m, claims=[dict(verdict=word, name="") for word in table[t]])
              for f, m, t in zip(files, marked, texts)]
    print(json.dumps(dict(files=report, diagnostics=[])))
    sys.exit(1)
'''


COUNT = 40


@pytest.fixture(scope="module")
def made():
    """Programs, written and judged once for all tests."""
    maker = Campaign(None, "liar", "", Shares(), 0)
    return {name: maker.make(name) for name in (f"liar-{place}" for place in range(2 * COUNT))}


@pytest.fixture
def campaign(tmp_path, made):
    """A campaign of programs against a liar, whose answer is a word, or one for each claim and what is true of it."""
    def held(answer, marker="no such word", end="", causes=0.0):
        path, log, table = tmp_path / "liar", tmp_path / "log", tmp_path / "table"
        body = textwrap.dedent(LIAR.format(marker=marker, end=end, log=str(log), table=str(table)))
        table.write_text(json.dumps({program.text: [
            answer if isinstance(answer, str) else answer(*known) for known in zip(program.claims, findings)]
            for program, findings in filter(None, made.values())}))
        path.write_text(f"#!{sys.executable} -S\n{body}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        one = Campaign(Checker(path, 0.3), "liar", tmp_path / "kept", Shares(causes, 0), 0)
        one.make = made.get
        one.run(float("inf"), COUNT)
        one.runs = [line.split() for line in log.read_text().splitlines()]
        return one
    return held


def test_who_accepts_everything_is_found_out(campaign):
    found = campaign("proved")
    wrong = found.counts["wrong: slip"] + found.counts["wrong: joint cell"]
    assert wrong > 40 and found.counts["wrong: joint cell"] > 15
    assert found.failures == {"wrong accept": wrong}


def test_who_refuses_everything_is_found_out(campaign):
    found = campaign("wrong")
    assert found.counts["right"] > 80
    assert found.failures == {"right refused": found.counts["right"]}


def truth(claim, finding):
    return "proved" if finding.state == "right" else "wrong" if finding.state == "wrong" else "undecided"


def test_who_is_right_is_left_alone(campaign):
    found = campaign(truth)
    assert not found.failures and found.counts["wrong: joint cell, wrong"] > 15


@pytest.mark.parametrize("state, kind", [("wrong", "wrong accept"), ("right", "right refused")])
def test_one_wrong_verdict_among_hundreds_is_found(campaign, made, state, kind):
    judged = [(program, claim) for program, findings in list(filter(None, made.values()))[:COUNT]
              for claim, finding in zip(program.claims, findings) if finding.state == state]
    program, planted = judged[2 * len(judged) // 3]
    found = campaign(lambda claim, finding: truth(claim, finding) if claim is not planted else (
        "proved" if state == "wrong" else "wrong"))
    assert found.failures == {kind: 1} and found.counts["claims"] > 200
    assert planted.text() in next(found.folder.glob(f"{kind.replace(' ', '-')}-{program.seed}-*.expr")).read_text()


def test_who_decides_nothing_is_counted(campaign):
    found = campaign("undecided")
    assert not found.failures
    assert found.counts["undecided of all"] == found.counts["right of all"] > 80


@pytest.mark.parametrize("end, kind", [("crash", "crash"), ("status", "crash"), ("slow", "slow")])
def test_a_file_that_does_not_end_well_is_told_from_its_batch(campaign, made, end, kind):
    judged = [program for program, _ in list(filter(None, made.values()))[:COUNT]]
    marker = judged[COUNT // 2].claims[0].text()
    found = campaign("proved", marker, end)
    spoilt = [program for program in judged if marker in program.text]
    assert 0 < len(spoilt) < COUNT / 2
    assert found.failures[kind] == len(spoilt) and found.counts["programs"] == COUNT
    assert found.failures["wrong accept"] > 30, "the others were judged"
    assert {path.read_text().partition("\n")[0] for path in found.folder.glob(f"{kind}-*.expr")} == {
        f"# {kind}; seed {program.seed}" for program in spoilt}


def test_causes_are_searched_of_a_share(campaign):
    found = campaign("undecided", causes=0.3)
    batches = [int(count) for count, apart in found.runs if apart == "True"]
    alone = [int(count) for count, apart in found.runs if apart == "False"]
    assert alone == [1] * found.counts["programs with causes"] and 4 < len(alone) < 20
    assert sum(batches) + len(alone) == COUNT and max(batches) > 5


def test_jobs_share_the_programs_of_a_seed(tmp_path):
    """The same seed gives the same programs to one job and to two together."""
    def seeds(*parts):
        made = []
        for part in parts:
            one = Campaign(None, "shared", tmp_path, Shares(), 0, part)
            one.judge = lambda batch: (made.extend(program.seed for program, _ in batch),
                                       one.counts.update(programs=len(batch)))
            one.run(float("inf"), 12 // len(parts))
        return sorted(made)
    assert seeds((0, 1)) == seeds((0, 2), (1, 2))


def test_jobs_are_added_up():
    counted = Counter(programs=2, claims=5), Counter(crash=1), [("crash", "seed 1: signal 11")], 1
    first, second = Tally(*counted), Tally(*counted)
    assert Tally.of([first, second]).counts["claims"] == 10
    assert Tally.of([first, second]).line == "8 passed, 2 failed"


def test_failures_are_named_at_the_end():
    tally = Tally(Counter(programs=1), Counter({"crash": 1, "slow": 1}),
                  [("slow", "seed 2: 4 s"), ("crash", "seed 1: signal 11")], 1)
    assert report(tally)[-4:] == ["  FAILED crash: 1", "    seed 1: signal 11", "  FAILED slow: 1", "    seed 2: 4 s"]


def test_printed_blocks_keep_their_lines():
    """A block of the backward pass stays one, and its gradients are claims in it."""
    text = "input x: [3]\nfor t in range(3):\n    h[t] = h[t-1] + x[t]\noutput h\ncheck dx = dh\n"
    printed = ("for t in range(3):\n    h[t] = h[t-1] + x[t]   # [3]\n\n# backward\n"
               "for t in reversed(range(3)):\n    r0[t] = u1[t] + r0[t+1]\n    dx[t] = r0[t]\n")
    assert readback.file_of_printed(text, printed).splitlines()[-3:] == [
        "for t in reversed(range(3)):", "    r0[t] = u1[t] + r0[t+1]", "    check dx[t] = r0[t]"]
