"""What is true of a file at a point: its values, gradients and what its claims say, without a derivation rule."""
from dataclasses import dataclass

import numpy as np

import tensors as t
from interpreter import Machine
from scalars import ONE, ZERO, NoValue, Tape, Traced, is_equal, plain
from source import names_in
from tensors import tensor

PLAIN = np.frompyfunc(plain, 1, 1)


@dataclass
class Truth:
    """Values and gradients of everything that has a name, with the entries whose gradient depends on a kink."""
    values: dict
    gradients: dict
    kinked: dict


def is_claim(statement):
    return statement.kind in ("check", "index check", "assert")


def divide_statements(source):
    """The forward pass, and what belongs to the backward pass: claims and what reads a gradient."""
    values = {d.name for d in source.declarations} | {s.name for s in source.statements if not is_claim(s)}
    late = {"d" + name for name in values}
    forward, backward = [], []
    for statement in source.statements:
        if is_claim(statement) or late.intersection(names_in(statement)):
            backward.append(statement)
            late.add(statement.name)
        else:
            forward.append(statement)
    return forward, backward


def evaluate_forward(source, inputs, wrap=lambda value: value):
    """Every value of the forward pass; `wrap` is applied to each when it gets its name."""
    machine = Machine(source, {name: wrap(value) for name, value in inputs.items()})
    for statement in divide_statements(source)[0]:
        run(machine, statement, wrap)
    return machine.values


def run(machine, statement, wrap=lambda value: value):
    """Gives a name its value."""
    if statement.kind == "tensor":
        machine.shapes[statement.name] = machine.source.shape_of(statement.shape)
        return
    if statement.kind == "index":
        value = machine.run_index_statement(statement, machine.shapes[statement.name])
        if statement.name in machine.values:
            value = t.add(machine.values[statement.name], value)
    else:
        value = machine.value(statement.text)
    machine.values[statement.name] = wrap(value)


def claimed(source, known):
    """What each claim of a file says where everything true is known, in order: a tensor, or None where it has no value.

    A claim's name keeps its true value: each line is looked at by itself."""
    machine, found = Machine(source, {**known.values, **known.gradients}), []
    for statement in source.statements:
        if statement.kind == "tensor":
            run(machine, statement)
    for statement in divide_statements(source)[1]:
        if statement.kind == "check":
            found.append(value_or_none(lambda: machine.value(statement.text)))
        elif statement.kind == "index check":
            shape = known.gradients[statement.name].shape
            found.append(value_or_none(lambda: machine.run_index_statement(statement, shape)))
        elif statement.kind != "assert":
            run(machine, statement)
    return found


def value_or_none(compute):
    try:
        return compute()
    except NoValue:
        return None


def truth(source, inputs, upstream):
    """Gradients by one walk back over the tape. `upstream` draws dy of a shape; else, and of a loss, it is 1."""
    tape = Tape()
    leaf = np.frompyfunc(lambda value: named(tape, value), 1, 1)
    values = evaluate_forward(source, inputs, lambda value: tensor(leaf(value)))
    result = values[source.output]
    drawn = upstream(result.shape) if upstream else ONE
    weights = np.broadcast_to(tensor(ONE if source.is_loss else drawn), result.shape)
    slope, kinked = tape.backward(list(zip(result.flat, weights.flat)))
    slopes = np.frompyfunc(lambda node: slope.get(node.place, ZERO), 1, 1)
    kinks = np.frompyfunc(lambda node: node.place in kinked, 1, 1)
    return Truth({name: tensor(PLAIN(value)) for name, value in values.items()},
                 {"d" + name: tensor(slopes(value)) for name, value in values.items()},
                 {"d" + name: bool(np.any(kinks(value))) for name, value in values.items()})


def named(tape, value):
    """A number of its own for an entry that gets a name, so that there is a gradient by it."""
    node = tape.leaf(value)
    if isinstance(value, Traced):
        node.parents = ((value, ONE),)
    return node


def project(gradient, words):
    """The gradient in the space that a structure allows."""
    kept = gradient
    if "diagonal" in words:
        kept = t.multiply(kept, t.eye(*kept.shape))
    if "lower" in words:
        kept = t.tril(kept)
    if "symmetric" in words or "spd" in words:
        kept = t.divide(t.add(kept, kept.T), 2 * ONE)
    if "symmetric(entries)" in words:
        kept = t.subtract(t.add(kept, kept.T), t.multiply(kept, t.eye(*kept.shape)))
    return kept


def differs(a, b):
    """Whether two tensors differ in an entry."""
    a, b = tensor(a), tensor(b)
    return a.shape != b.shape or any(not is_equal(x, y) for x, y in zip(a.flat, b.flat))
