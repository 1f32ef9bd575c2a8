"""The loops of sequences.py against finite differences: what they call the true gradient is one."""
import random

import numpy as np
import pytest

from sequences import ACTIVATIONS, Run, Walk, lookup, program


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("previous, start", [(-1, "none"), (-1, "h0"), (-1, "number"), (-1, "inside"), (1, "none"),
                                             (1, "h0")])
@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_walk_is_swept_backwards(activation, previous, start, offset):
    length = 4
    walk = Walk(range(1 if start == "inside" else 0, length), length, offset, previous, start, ACTIVATIONS[activation],
                has_bias=True)
    generator = np.random.default_rng(5)
    x, dy = generator.normal(size=length), generator.normal(size=length)
    # Small enough that four squares of squares stay so, which differences take apart.
    h0, w, v, b = generator.normal(size=4) / 4

    def loss(x, w, b=b):
        return dy @ Run(walk, x, dy, h0, w, v, b).h

    run, step = Run(walk, x, dy, h0, w, v, b), 1e-6
    for place in range(length):
        shift = np.eye(length)[place] * step
        slope = (loss(x + shift, w) - loss(x - shift, w)) / (2 * step)
        # Central differences with this step are right to about seven digits.
        assert slope == pytest.approx(run.dx[place], rel=1e-5, abs=1e-7)
    assert (loss(x, w + step) - loss(x, w - step)) / (2 * step) == pytest.approx(run.dw, rel=1e-5, abs=1e-7)
    assert (loss(x, w, b + step) - loss(x, w, b - step)) / (2 * step) == pytest.approx(run.db, rel=1e-5, abs=1e-7)


def test_some_claims_are_right_and_some_are_wrong():
    source = random.Random(3)
    found = [right for number in range(60) for right in program(source).right(number).values()]
    assert 0.2 < np.mean(found) < 0.8


def test_a_row_that_is_looked_up_twice_tells_rows_apart():
    source = random.Random(1)
    texts = {}
    for number in range(200):
        one = lookup(source)
        texts[one.text] = one.right(number)
    assert all(not right["dE"] for text, right in texts.items() if "dE[idx[0],d]" in text)
