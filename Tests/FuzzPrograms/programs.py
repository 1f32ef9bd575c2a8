"""A random program with its claims: what the fuzzer hands to the program under test, with what is true of it."""
from dataclasses import dataclass, field

import builders
import claims as C
import terms as T
from draft import STRUCTURES, Draft
from scalars import NoValue, REAL, plain
from terms import add, call, mul, num, power

LARGEST = 48
RANKS = (0, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4)


@dataclass
class Program:
    text: str
    claims: list
    point: dict
    kinds: set
    seed: str = ""
    lines: list = field(default_factory=list)
    has_causes: bool = True

    @property
    def forward(self):
        return "\n".join(self.lines)


class Unsuitable(Exception):
    """A draft that came out without a value, too large, or with nothing to claim."""


def write(random):
    """A program, or an error that says why this draft was given up."""
    draft = Draft(random)
    try:
        compose(draft)
        return assemble(draft, choose_claims(draft))
    except (NoValue, ZeroDivisionError) as problem:
        raise Unsuitable(str(problem)) from problem


# ---------------------------------------------------------------- the forward pass

def compose(draft):
    random = draft.random
    declare(draft)
    weights = emphasis(random)
    for _ in range(random.randint(1, 5)):
        family = random.choices(list(weights), list(weights.values()))[0]
        line = random.choice(builders.FAMILIES[family])(draft)
        if line is None:
            continue
        if any(s.value > 8 for s in line.shape) or volume(line.shape) > LARGEST:
            continue
        draft.append(line)
    finish(draft)


def volume(shape):
    result = 1
    for s in shape:
        result *= s.value
    return result


def emphasis(random):
    """How often each family is taken in this program."""
    weights = {"smooth": 3, "matrix": 1, "shape": 1, "outside": 0.5, "mask": 2, "transcendental": 0, "layer": 0.7}
    if random.random() < 0.6:
        weights["mask"] = 11
    if random.random() < 0.5:
        weights["outside"] = 9
    if random.random() < 0.25:
        weights["transcendental"] = 3
    if random.random() < 0.25:
        weights["matrix"] = 4
    return weights


def declare(draft):
    random = draft.random
    for place in range(random.randint(1, 3)):
        kind = "input" if place == 0 else random.choice(("input", "param", "param", "const"))
        scale = 10 ** 7 if random.random() < 0.03 else 1
        shape, words = draft.shape_like(random.choice(RANKS)), ""
        if volume(shape) > LARGEST:
            shape = shape[:2]
        if random.random() < 0.22:
            shape, words = structure(draft, kind, shape)
        draft.declare(kind, shape, words, scale)


def structure(draft, kind, shape):
    random = draft.random
    if kind == "const" and len(shape) == 2 and random.random() < 0.5:
        return shape, "one_hot(1)"
    if random.random() < 0.6:
        n = random.choice(draft.sizes)
        return (n, n), random.choice(STRUCTURES["square"])
    word = random.choice(STRUCTURES["any"])
    if word == "integer" and kind != "const" or word == "simplex" and (kind != "const" or not shape):
        word = "positive"
    return shape, word


def finish(draft):
    """A last line that reads what nothing has read yet."""
    random = draft.random
    if not draft.lines:
        draft.append(builders.arithmetic(draft))
    read = set().union(*(line.reads() for line in draft.lines))
    unread = [t for t in draft.all_terms() if t.extra not in read and not draft.words_of(t.extra).startswith("one_hot")]
    if random.random() < 0.45 or len(unread) > 1:
        total = num(0)
        for t in unread or [draft.all_terms()[-1]]:
            inner = random.choice((t, power(t, 2), mul(num(3), t)))
            total = add(total, call(random.choice(("sum", "sum", "mean")), inner, shape=()) if t.rank else inner)
        name = "L"
        draft.append(builders.Line(name, (), total, [f"loss {name} = {T.text(total)}"]))
        draft.is_loss = True


# ---------------------------------------------------------------- claims

def choose_claims(draft):
    random, gradients = draft.random, C.Gradients(draft)
    found, right = [], {}
    everything = C.targets(draft)
    random.shuffle(everything)
    for name, shape, words in everything[:2]:
        right[name] = gradients.claim(name, shape, words)
        found.append(right[name])
        other = gradients.inlined(right[name], random)
        found.append(C.rewritten(other, draft, random))
    for place, (name, shape, words) in enumerate(everything[:2]):
        base = right[name] if random.random() < 0.5 else gradients.inlined(right[name], random)
        if place == 0 or random.random() < 0.3:
            found.append(C.slipped(base, random))
            base = C.rewritten(base, draft, random) if random.random() < 0.3 else base
        if place == 0 or random.random() < 0.3:
            found.append(C.dropped_cell(base, draft, random) if random.random() < 0.4 else None)
            found[-1] = found[-1] or C.joint_slip(base, draft, random)
        if random.random() < 0.05:
            found.append(C.soft_slip(base, draft, random))
    return [claim for claim in found if claim is not None and (claim.index or T.size(claim.term) < 160)]


def one_statement_each(draft, claims):
    """Of several index statements about one tensor all but the first by way of a named tensor."""
    shapes, seen, found = {name: shape for name, shape, _ in C.targets(draft)}, set(), []
    for place, claim in enumerate(claims):
        if claim.index and claim.target in seen:
            claim = claim.as_helper(f"g{place}", shapes[claim.target])
        elif claim.index:
            seen.add(claim.target)
        found.append(claim)
    return found


def assemble(draft, claims):
    claims = one_statement_each(draft, claims)
    order = {name: place for place, (name, _, _) in enumerate(C.targets(draft))}
    claims.sort(key=lambda claim: (0, 0) if claim.is_right else (1, order[claim.target]))
    named = [f"{s.text}={s.value}" for s in draft.sizes if not s.text.isdigit()]
    lines = [f"dims {', '.join(dict.fromkeys(named))}"] if named else []
    for d in draft.declared:
        lines.append(f"{d.kind} {d.name}: {T.shape_text(d.shape)}{' ' + d.words if d.words else ''}")
    for line in draft.lines:
        lines += line.texts()
    if not draft.is_loss:
        lines.append(f"output {draft.lines[-1].name}")
    helpers = list(dict.fromkeys(h for claim in claims for h in claim.helpers))
    text = "\n".join([*lines, *helpers, *(claim.text() for claim in claims)]) + "\n"
    kinds = set(draft.kinds)
    if any(isinstance(plain(v), REAL) for value in draft.machine.values.values() for v in value.flat):
        kinds.add("transcendental")
    if not kinds & {"transcendental", "mask"}:
        kinds.add("rational")
    return Program(text, claims, draft.point, kinds, lines=lines + helpers)
