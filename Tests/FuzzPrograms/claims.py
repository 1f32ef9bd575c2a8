"""Claims about a draft: right ones by rules of derivation and identities, wrong ones by a slip."""
from dataclasses import dataclass, field
from fractions import Fraction

import derivative
import rewrites
import slips
import terms as T
from draft import product
from terms import add, call, div, mul, num, sub


@dataclass
class Claim:
    """A claim about one gradient: a term, or an index statement (target, right side), with the lines that it needs."""
    target: str
    term: T.Term = None
    index: tuple = None
    helpers: list = field(default_factory=list)
    is_right: bool = True
    kind: str = "rule"
    is_joint: bool = False

    def as_helper(self, name, shape):
        """The same by way of a named tensor: lines `check dx[…] += …` about one tensor are one claim together."""
        at, body = self.index
        helpers = [*self.helpers, f"{name}: {T.shape_text(shape)}", f"{name}[{at}] += {body}"]
        return Claim(self.target, T.name(name, shape), None, helpers, self.is_right, self.kind, self.is_joint)

    def text(self):
        if self.index:
            return f"check d{self.target}[{self.index[0]}] += {self.index[1]}"
        return f"check d{self.target} = {T.text(self.term)}"


class Gradients:
    """The right formulas of a draft, each in terms of the gradients of later lines."""

    def __init__(self, draft):
        self.draft, self.helpers = draft, {}
        self.last = draft.lines[-1].name

    def upstream(self, line):
        """The cotangent of a line: a name, or 1 for a loss."""
        if self.draft.is_loss and line.name == self.last:
            return num(1)
        return T.name(f"d{line.name}", line.shape)

    def contributions(self, target, shape):
        """Terms that add up to a gradient, and the index statements among them."""
        terms, statements = [], []
        for line in self.draft.lines:
            if line.term is not None:
                into = {}
                derivative.pull(line.term, self.upstream(line), into, {target})
                terms += into.get(target, [])
            else:
                statements += [(at, body) for operand, at, body in line.adjoints if operand == target]
        return terms, statements

    def claim(self, target, shape, words):
        terms, statements = self.contributions(target, shape)
        if len(statements) == 1 and not terms and not words:
            return Claim(target, index=statements[0], kind="index")
        helpers = []
        for at, body in statements:
            name = f"h{len(self.helpers)}"
            self.helpers[name] = True
            helpers += [f"{name}: {T.shape_text(shape)}", f"{name}[{at}] += {body}"]
            terms.append(T.name(name, shape))
        if not terms:
            terms = [T.binary("mul", num(0), T.name(target, shape))]
        total = terms[0]
        for term in terms[1:]:
            total = T.binary("add", total, term)
        if total.shape != tuple(shape):
            total = call("broadcast_to", total, shape=shape)
        return Claim(target, project(total, words), helpers=helpers)

    def inlined(self, claim, random):
        """The claim with gradients of later lines written out."""
        for line in self.draft.lines:
            known = f"d{line.name}"
            if claim.term is None or known not in T.names(
    claim.term) or random.random() < 0.5 or line.name == self.last:
                continue
            other = self.claim(line.name, line.shape, "")
            if other.term is not None and T.size(other.term) * count(claim.term, known) < 60:
                claim = Claim(
    claim.target, T.substitute(
        claim.term, {
            known: other.term}), None, claim.helpers + other.helpers)
        return claim


def count(term, name):
    return sum(node.op == "name" and node.extra == name for _, node in T.paths(term))


def project(g, words):
    """The gradient in the space of a structure."""
    if "symmetric(entries)" in words:
        return sub(add(g, T.transpose(g)), diagonal(g))
    if "symmetric" in words or "spd" in words:
        g = div(add(g, T.transpose(g)), num(2))
    if "lower" in words:
        g = call("tril", g)
    return diagonal(g) if "diagonal" in words else g


def diagonal(g):
    return call("diag", call("diag", g, shape=g.shape[:1]), shape=g.shape)


#: What takes one side where two values are equal. The rules here say nothing of ties, which are kinks of what moves;
#: data has none, and may be tied, with other data or with a number.
SIDES = {"max", "min", "maximum", "minimum", "clip", "hardtanh"}


def targets(draft):
    """Everything that has a gradient by the rules here, with shape and structure."""
    found = [(d.name, d.shape, d.words) for d in draft.declared if d.kind != "const"]
    data = data_names(draft)
    has_ties = any(node.op in SIDES and T.names(node) & data
                   for line in draft.lines if line.term is not None for _, node in T.paths(line.term))
    return found + [(line.name, line.shape, "") for line in draft.lines[:-1] if not (has_ties and line.name in data)]


def data_names(draft):
    """The names of what may be data somewhere: `maximum(c, x)` is where x is less."""
    names = {d.name for d in draft.declared if d.kind == "const"}
    for line in draft.lines:
        if line.reads() & names:
            names.add(line.name)
    return names


# ---------------------------------------------------------------- right ones, rewritten

def rewritten(claim, draft, random):
    """The same by identities, and at times with what cannot occur."""
    if claim.term is None:
        return claim
    masks = draft.conditions(2)
    term = rewrites.rewritten(claim.term, random, random.randint(1, 4), masks)
    kind = "rewritten"
    if random.random() < 0.25:
        extra = T.binary("mul", draft.number(), product(draft.impossible()))
        term, kind = (T.binary("add", term, extra) if random.random() < 0.5 else
                      T.binary("mul", term, T.binary("add", num(1), extra))), "impossible cell"
    elif random.random() < 0.2:
        gates = product(masks)
        term, kind = random.choice((
            lambda: T.binary("add", T.binary("mul", term, gates), T.binary("mul", term, sub(num(1), gates))),
            lambda: call("where", gates, term, T.binary("mul", num(1), term)),
            lambda: T.binary("mul", div(term, add(num(1), gates)), add(num(1), gates)),
            lambda: T.binary("mul", term, sub(num(1), mul(gates, sub(num(1), gates)))),
            lambda: T.binary("mul", div(term, add(num(1), gates)), add(num(1), gates))))(), "cases"
    return Claim(claim.target, term, None, claim.helpers, True, kind)


# ---------------------------------------------------------------- wrong ones

def slipped(claim, random):
    if claim.term is None:
        return index_slip(claim, random)
    term, kind = slips.slipped(claim.term, random)
    return Claim(claim.target, term, None, claim.helpers, False, kind)


def index_slip(claim, random):
    at, body = claim.index
    choices = [(at, f"2 * {body}"), (at, f"-{body}")]
    if "+" in body.replace("+=", ""):
        choices.append((at, body.replace("+", "-", 1)))
    if "for" not in body:
        choices += [(at, body.partition(" * ")[0]), (at, f"{body} * {body.rpartition(' * ')[2]}")]
    index = random.choice(choices)
    return Claim(claim.target, None, index, claim.helpers, False, "index")


def joint_slip(claim, draft, random):
    """Right but where several conditions hold at once, all of which hold at the draft's point."""
    if claim.term is None:
        return None
    gates = product(draft.conditions(random.randint(2, 5)))
    term, c = claim.term, draft.number()
    if T.names(term) and random.random() < 0.25:
        tensor = T.name(claim.target, term.shape)
        if claim.target in draft.values() and term.rank:
            gates = T.binary("mul", gates, draft.entrywise_condition(tensor))
    new = random.choice((
        lambda: T.binary("add", term, T.binary("mul", c, gates)), lambda: T.binary("mul", term, add(num(1), gates)),
        lambda: T.binary("mul", term, sub(num(1), gates)), lambda: call("where", gates, num(0), term),
        lambda: call("where", gates, T.binary("mul", num(2), term), term),
        lambda: div(term, add(num(1), T.binary("mul", c if c.extra[0] != "-" else num(3), gates))),
        lambda: T.binary("sub", term, T.binary("mul", num(Fraction(1, 10 ** 6)), gates))))()
    return Claim(claim.target, new, None, claim.helpers, False, "joint cell", True)


def soft_slip(claim, draft, random):
    """Right but where a smooth step has gone up, which it has at the draft's point."""
    if claim.term is None:
        return None
    scalar = draft.affine()
    steep, low = random.choice((100, 1000, 10 ** 6)), draft.below(draft.value(scalar).item(), random.choice((0, 1)))
    soft = call("sigmoid", mul(num(steep), sub(scalar, num(low))))
    new = random.choice((lambda: T.binary("add", claim.term, soft),
                         lambda: T.binary("mul", claim.term, add(num(1), soft)),
                         lambda: T.binary("mul", claim.term, call("tanh", mul(num(-steep), sub(scalar, num(low)))))))()
    return Claim(claim.target, new, None, claim.helpers, False, "soft step")


def dropped_cell(claim, draft, random):
    """A product of several masks of the right claim taken away."""
    if claim.term is None:
        return None
    places = [(path, node) for path, node in T.paths(claim.term)
              if node.op == "mul" and sum(n.op in rewrites.MASKS for _, n in T.paths(node)) >= 2]
    if not places:
        return None
    path, node = random.choice(places)
    new = T.replace(claim.term, path, T.binary("mul", num(0), node))
    return Claim(claim.target, new, None, claim.helpers, False, "dropped cell", True)
