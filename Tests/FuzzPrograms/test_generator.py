"""The rules, identities and slips against the evaluator: right claims are right, and a slip is found."""
import random

import pytest

import claims
import derivative
import programs
import rewrites
import source as S
import terms as T
import truth
import verify
from draft import Draft, Line
from scalars import NoValue


def made(seed):
    chance = random.Random(f"generator {seed}")
    try:
        program = programs.write(chance)
        return program, verify.judged(program.text, program.point, chance)
    except (programs.Unsuitable, verify.Unclear):
        return None, []


def test_right_claims_are_right():
    judged = 0
    for seed in range(80):
        program, findings = made(seed)
        for claim, finding in zip(program.claims if program else [], findings):
            if claim.is_right:
                assert finding.state != "wrong", f"{program.text}\n{claim.text()}"
                judged += finding.state == "right"
    assert judged > 100


def test_slips_are_seen_and_joint_cells_are_rare():
    found = [(claim, finding) for seed in range(80) for program, findings in [made(seed)] if program
             for claim, finding in zip(program.claims, findings) if not claim.is_right]
    assert sum(finding.state == "wrong" for _, finding in found) > 0.7 * len(found)
    assert sum(claim.is_joint and finding.is_rare for claim, finding in found) > 20


def test_text_keeps_the_tree():
    x, w = T.name("x", (T.Size("2", 2),)), T.name("w", (T.Size("2", 2),))
    for term, wanted in [(T.mul(T.add(x, w), w), "(x + w) * w"), (T.sub(x, T.sub(w, x)), "x - (w - x)"),
                         (T.power(T.neg(x), 2), "(-x)**2"), (T.neg(T.power(x, 2)), "-x**2"),
                         (T.div(x, T.mul(w, x)), "x / (w * x)"),
                         (T.relation("gt", x, T.num(0)), "(x > 0)"), (T.part(T.add(x, w), "0", ()), "(x + w)[0]")]:
        assert T.text(term) == wanted
        S.expression(wanted)


def test_a_wrong_rule_would_be_noticed(monkeypatch):
    """The rules are not their own judge."""
    monkeypatch.setitem(
    derivative.RULES, "mul", lambda term, g, a, b: [
        (a, derivative.fit(
            T.mul(
                g, a), a)), (b, derivative.fit(
                    T.mul(
                        g, a), b))])
    wrong = [claim for seed in range(90) for program, findings in [made(seed)] if program
             for claim, finding in zip(program.claims, findings) if claim.is_right and finding.state == "wrong"]
    assert wrong


def test_impossible_conditions_never_hold_together():
    for seed in range(200):
        draft = Draft(random.Random(seed))
        programs.declare(draft)
        gates = draft.impossible()
        assert any(draft.value(gate).item() == 0 for gate in gates), [T.text(g) for g in gates]


@pytest.mark.parametrize("rule", rewrites.IDENTITIES)
def test_identities_keep_the_value(rule):
    """Every identity on everything it takes, at a point."""
    chance, tried = random.Random(rule.__name__), 0
    for _ in range(400):
        draft = Draft(chance)
        try:
            programs.compose(draft)
        except NoValue:
            continue
        for line in draft.lines:
            for node in nodes(line):
                new = rule(node, chance, draft.conditions(2))
                if new is not None and new.shape == node.shape:
                    tried += 1
                    assert not claims_differ(draft, node, new), (T.text(node), T.text(new))
        if tried > 40:
            break
    assert tried > 5


def nodes(line):
    """The parts of a line's term, and sums of them."""
    parts = [node for _, node in T.paths(line.term)] if line.term is not None else []
    return parts + [T.call("sum", T.binary("add", node, node), shape=()) for node in parts[:3]]


def claims_differ(draft, node, new):
    return truth.differs(draft.value(node), draft.value(new))


@pytest.mark.parametrize("kind, function, expected", [
    ("input", "max", ["x", "w", "z", "m"]), ("const", "max", ["x"]), ("const", "sum", ["x", "z", "m"])])
def test_nothing_is_claimed_about_ties_of_data(kind, function, expected):
    """Data may be tied, where one of the largest takes it all: by `z == max(z)` each of them would."""
    draft, shape = Draft(random.Random(1)), (T.Size("3", 3),)
    x, w = draft.declare("param", shape), draft.declare(kind, shape)
    z = draft.append(Line("z", shape, T.mul(T.num(2), w)))
    m = draft.append(Line("m", (), T.call(function, z, shape=())))
    draft.append(Line("y", shape, T.mul(m, x)))
    assert [name for name, _, _ in claims.targets(draft)] == expected


def test_numbers_that_grow_are_given_up():
    draft = Draft(random.Random(1))
    draft.declare("input", (), scale=10 ** 7)
    for place in range(4):
        draft.append(Line(f"z{place}", (), T.power(draft.all_terms()[-1], 3)))
    with pytest.raises(NoValue):
        for place in range(4, 9):
            draft.append(Line(f"z{place}", (), T.power(draft.all_terms()[-1], 3)))


def test_projection_of_a_claim_is_that_of_the_evaluator():
    g = T.name("g", (T.Size("2", 2),) * 2)
    assert T.text(claims.project(g, "symmetric")) == "(g + g.T) / 2"
    assert T.text(claims.project(g, "lower")) == "tril(g)"
