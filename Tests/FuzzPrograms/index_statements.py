"""Index statements: `y[i, j+1] += x[i, j] * w[2*j]`, summed over all indices for which every access stays inside."""
import ast
import itertools

import numpy as np

import tensors as t
from elementary import plus
from source import SourceError, evaluate_size, expression, split
from tensors import tensor

LIMIT = 64


def evaluate(machine, statement, shape):
    body = expression(statement.text)
    target = [expression(part) for part in split(statement.target)]
    bound = dict(ranges(statement.ranges, machine.source.sizes))
    accesses = [(target, shape)] + list(reads(body, machine))
    names = indices(accesses, machine, bound)
    box = bounds([(affine(part, names, machine), extent) for parts, extents in accesses
                  for part, extent in zip(parts, extents)], names, bound)
    places = valid(accesses, names, box, machine)
    result = t.zeros(*shape)
    if not places:
        return result
    terms = np.broadcast_to(tensor(Gathering(machine, names, places).evaluate(body)), (len(places),))
    at = [positions(part, names, places, machine) for part in target]
    for place, term in zip(zip(*at) if at else [()] * len(places), terms):
        result[place] = plus(result[place], term)
    return result


def ranges(text, sizes):
    for part in split(text):
        name, _, extent = part.partition(" in ")
        values = [evaluate_size(bound, sizes) for bound in split(extent.strip()[len("range("):-1])]
        yield name.strip(), range(*values)


def reads(body, machine):
    """Every access of a named tensor, with the tensor's extents."""
    for node in ast.walk(body):
        if isinstance(node, ast.Subscript):
            operand = tensor(machine.evaluate(node.value))
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if len(parts) != operand.ndim:
                raise SourceError(f"an access of another rank: {ast.unparse(node)}")
            yield parts, operand.shape


def indices(accesses, machine, bound):
    names = {
    node.id for parts,
    _ in accesses for part in parts for node in ast.walk(part) if isinstance(
        node,
         ast.Name)}
    return sorted((names | set(bound)) - set(machine.sizes))


def affine(node, names, machine):
    """Coefficients by index, the constant under None."""
    if isinstance(node, ast.Constant):
        return {None: int(node.value)}
    if isinstance(node, ast.Name):
        return {node.id: 1} if node.id in names else {None: int(machine.sizes[node.id])}
    if isinstance(node, ast.UnaryOp):
        return {k: -v for k, v in affine(node.operand, names, machine).items()}
    left, right = affine(node.left, names, machine), affine(node.right, names, machine)
    if isinstance(node.op, ast.Mult):
        constant, other = (left, right) if set(left) == {None} else (right, left)
        return {k: v * constant[None] for k, v in other.items()}
    if isinstance(node.op, ast.FloorDiv):
        return {None: left[None] // right[None]}
    sign = -1 if isinstance(node.op, ast.Sub) else 1
    return {k: left.get(k, 0) + sign * right.get(k, 0) for k in set(left) | set(right)}


def bounds(conditions, names, bound):
    """An interval for each index that 0 <= affine < extent leaves, by passing bounds on until nothing changes."""
    box = {name: (bound[name].start, bound[name].stop - 1) if name in bound else (None, None) for name in names}
    for _ in range(LIMIT):
        before = dict(box)
        for form, extent in conditions:
            for name in (n for n in form if n is not None and form[n]):
                tighten(box, form, name, extent)
        if box == before:
            break
    if any(low is None or high is None for low, high in box.values()):
        raise SourceError("an index without a bound")
    return box


def tighten(box, form, name, extent):
    low, high = -form.get(None, 0), extent - 1 - form.get(None, 0)
    for other, factor in form.items():
        if other in (None, name) or not factor:
            continue
        ends = sorted((None if end is None else factor * end for end in box[other]), key=lambda e: (e is None, e))
        if None in ends:
            return
        low, high = low - ends[1], high - ends[0]
    factor = form[name]
    if factor < 0:
        low, high, factor = -high, -low, -factor
    least, most = -(-low // factor), high // factor
    old = box[name]
    box[name] = (least if old[0] is None else max(old[0], least), most if old[1] is None else min(old[1], most))


def valid(accesses, names, box, machine):
    forms = [(affine(part, names, machine), extent)
              for parts, extents in accesses for part, extent in zip(parts, extents)]
    found = []
    for values in itertools.product(*(range(box[n][0], box[n][1] + 1) for n in names)):
        at = dict(zip(names, values))
        at[None] = 1
        if all(0 <= sum(c * at[k] for k, c in form.items()) < extent for form, extent in forms):
            found.append(at)
    return found


def positions(part, names, places, machine):
    form = affine(part, names, machine)
    return [sum(c * at[k] for k, c in form.items()) for at in places]


class Gathering:
    """Evaluates the right side for all index values at once: an access is the list of entries that it reads."""

    def __new__(cls, machine, names, places):
        gathered = type(machine).__new__(type("GatheringMachine", (type(machine),), {
            "evaluate_Subscript": lambda self, node: gather(machine, names, places, node)}))
        gathered.__dict__.update(machine.__dict__)
        return gathered


def gather(machine, names, places, node):
    operand = tensor(machine.evaluate(node.value))
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    at = [positions(part, names, places, machine) for part in parts]
    result = np.empty(len(places), dtype=object)
    for i, place in enumerate(zip(*at)):
        result[i] = operand[place]
    return result
