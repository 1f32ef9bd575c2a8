"""Whether a claim is right or wrong, decided at points.

A wrong claim is one that differs from the gradient at a point and at a point beside it, neither on a kink. A right one,
right by construction, agrees at all of them. What is neither, or has a kink wherever it was looked
at, is not judged."""
import re
from dataclasses import dataclass

import points
import source as S
import truth as T
from scalars import NoValue, ONE, ties_fall

GENERIC_POINTS = 2
#: Where operands may be tied in a cell of the masks, as zeros of a relu under a maximum, more points are looked at.
POINTS_FOR_TIES = 8
TIES = re.compile(r"\b(max|min|maximum|minimum|max_pool\w*|norm1|abs|sign|prod|==)\b|==")
NEARBY = ONE / 10 ** 12
#: Generic points are of several magnitudes, so that both sides of most thresholds are met.
SCALES = (ONE, ONE / 10, ONE * 4)


@dataclass
class Finding:
    """What is known of one claim: right, wrong or unclear; and for a wrong one whether generic points show it."""
    state: str
    is_rare: bool = False


class Unclear(Exception):
    """No point gave a value."""


def judged(text, point, random):
    """A finding for each `check` of a file."""
    source = S.read(text)
    words = {d.name: d.words for d in source.declarations}
    checks = [s for s in T.divide_statements(source)[1] if s.kind in ("check", "index check")]
    special = [point, points.nearby(source, point, random, NEARBY)] if point else []
    count = (POINTS_FOR_TIES if TIES.search(text) else GENERIC_POINTS) + (0 if special else 4)
    everywhere = special + [points.draw(source, random, SCALES[i % len(SCALES)]) for i in range(count)]
    tables = [table for table in (compared(source, checks, words, at, random)
                                  for at in everywhere[:len(special)]) if table]
    rare = len(tables) == len(special)
    generic = [table for table in (compared(source, checks, words, at, random)
                                   for at in everywhere[len(special):]) if table]
    if not tables and not generic:
        raise Unclear("no point with a value")
    return [finding([t[i] for t in tables] if rare else [], [t[i] for t in generic]) for i in range(len(checks))]


def compared(source, checks, words, point, random):
    """For each claim at a point: True where it differs, False where it agrees, None where nothing can be said."""
    try:
        known = T.truth(source, point, lambda shape: points.generic(shape, random))
    except (NoValue, ZeroDivisionError):
        return None
    found = []
    for check, value in zip(checks, T.claimed(source, known)):
        gradient = T.project(known.gradients[check.name], words.get(check.name[1:], []))
        on_kink = known.kinked[check.name] or any(known.kinked.get(n, False) for n in S.names_in(check))
        found.append(None if value is None or on_kink else T.differs(gradient, value))
    return found


def refuted_at(text, place, told, random):
    """Whether the claim at a place (counted among the claims) is wrong at a point that somebody told.

    Ties and zeros there decide nothing: the gradient must be one and the same whichever side they fall to."""
    source = S.read(text)
    point = {**points.draw(source, random), **{name: points.read(value) for name, value in told.items()}}
    point = {d.name: point[d.name] for d in source.declarations}
    weights = points.generic(T.evaluate_forward(source, point)[source.output].shape, random)
    try:
        known, *turned = [truth_where_ties_fall(side, source, point, weights) for side in (0, -1, 1)]
        value = T.claimed(source, known)[place]
    except (NoValue, ZeroDivisionError):
        return False
    check = [s for s in T.divide_statements(source)[1] if s.kind in ("check", "index check")][place]
    same = all(not T.differs(known.values[name], other.values[name]) for other in turned for name in known.values)
    same = same and all(not T.differs(known.gradients[name], other.gradients[name])
                        for other in turned for name in {check.name, *S.names_in(check)} if name in known.gradients)
    words = {d.name: d.words for d in source.declarations}
    gradient = T.project(known.gradients[check.name], words.get(check.name[1:], []))
    return same and value is not None and T.differs(gradient, value)


def truth_where_ties_fall(side, source, point, weights):
    with ties_fall(side):
        return T.truth(source, point, lambda shape: weights)


def finding(special, generic):
    """From what the special point and its neighbour say, and the generic points."""
    if special and all(s is True for s in special):
        return Finding("wrong", is_rare=not any(generic))
    if sum(g is True for g in generic) >= 2:
        return Finding("wrong")
    seen = [*special, *generic]
    if seen and all(s is False for s in seen):
        return Finding("right")
    return Finding("unclear")
