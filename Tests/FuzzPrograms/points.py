"""Points for a file's declarations: generic ones, and ones close to a given point."""
import itertools

import numpy as np

import tensors as t
from scalars import ONE, ZERO, number

#: Declarations of which a neighbour need not be another point that is allowed.
DISCRETE = {"integer", "one_hot"}


def draw(source, random, scale=1):
    """A value for everything that a file declares."""
    return {d.name: t.tensor(drawn(d.shape, d.words, random, scale)) for d in source.declarations}


def read(value):
    """A tensor as reports tell it: nested lists of numbers as text."""
    return t.tensor(np.frompyfunc(number, 1, 1)(np.array(value, dtype=object)))


def fraction(random, scale=1):
    """A number of either sign that is hardly met twice."""
    return number(random.choice((-1, 1)) * random.randint(1, 90)) / random.choice((7, 11, 13, 16, 27)) * scale


def generic(shape, random, scale=1):
    result = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        result[place] = fraction(random, scale)
    return result


def drawn(shape, words, random, scale=1):
    """A tensor with all the properties that it is declared with."""
    word = " ".join(words)
    if "one_hot" in word:
        return one_hot(shape, int(word[word.index("(") + 1:word.index(")")]), random)
    if "simplex" in word:
        weights = t.unary("abs")(generic(shape, random))
        return t.divide(weights, t.sum_(weights, -1, True))
    if "integer" in word:
        return np.frompyfunc(lambda _: number(random.choice((-3, -2, -1, 0, 1, 2, 3, 10, 17))), 1, 1)(t.zeros(*shape))
    if "orthogonal" in word:
        return orthogonal(shape[0], random)
    if "spd" in word:
        factor = generic(shape, random)
        return t.add(t.matmul(factor, factor.T), t.divide(t.eye(*shape), number(8)))
    value = generic(shape, random, scale)
    if "positive" in word or "nonnegative" in word:
        value = t.unary("abs")(value)
    if "unit" in word:
        value = t.unary("abs")(value)
        value = t.divide(value, t.add(value, number(random.choice((1, 3))) / 2))
    return shaped(value, word, random)


def shaped(value, word, random):
    if "symmetric" in word:
        value = t.divide(t.add(value, value.T), number(2))
    if "diagonal" in word:
        value = t.multiply(value, t.eye(*value.shape))
    if "lower" in word:
        value = t.tril(value)
    return value


def one_hot(shape, axis, random):
    result = t.zeros(*shape)
    others = [range(extent) for i, extent in enumerate(shape) if i != axis % len(shape)]
    for place in itertools.product(*others):
        place = list(place)
        place.insert(axis % len(shape), random.randrange(shape[axis]))
        result[tuple(place)] = ONE
    return result


def orthogonal(n, random):
    """A product of up to n reflections: rotations and their other half alike."""
    result = t.eye(n)
    for _ in range(random.choice((n, n - 1) if n > 1 else (0, 1))):
        v = generic((n,), random)
        plane = t.subtract(t.eye(n), t.multiply(t.outer(v, v), t.divide(number(2), t.dot(v, v))))
        result = t.matmul(result, plane)
    return result


def nearby(source, point, random, distance):
    """A point that differs a little in every number that is differentiated and may vary, and that is allowed as well.

    Data stays: on the border of a mask it has a value as anywhere."""
    moved = {}
    for d in source.declarations:
        word = " ".join(d.words)
        value = point[d.name]
        is_discrete = DISCRETE.intersection(w.partition("(")[0] for w in d.words)
        if d.kind == "const" or is_discrete or "orthogonal" in word:
            moved[d.name] = value
        elif "simplex" in word:
            other = drawn(d.shape, d.words, random)
            moved[d.name] = t.add(t.multiply(value, ONE - distance), t.multiply(other, distance))
        elif "spd" in word:
            moved[d.name] = t.add(value, t.multiply(drawn(d.shape, d.words, random), distance))
        else:
            change = shaped(generic(d.shape, random, distance), word, random)
            moved[d.name] = t.add(value, t.multiply(change, t.maximum(
                t.minimum(t.unary("abs")(value), ONE), ZERO + ONE / 1000)))
    return moved
