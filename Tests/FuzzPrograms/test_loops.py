"""The loops of loops.py against one written out by hand, and against differences."""
import random
from fractions import Fraction

from loops import Line, Loop, Term, _array, _input, _plain, loop, point


def test_a_carry_and_a_plain_name_over_part_of_a_range():
    # p = s; for t in range(1, 4): u = x[t] * w; p = u * p;  L = p
    u = Line("u", "plain", [Term(1, [_input("x", 0), ("w", lambda state: state.inputs["w"][0])])])
    p = Line("p", "carry", [Term(1, [_plain("u"), _plain("p")])], "s")
    one = Loop(4, range(1, 4), [u, p], [Term(1, [_plain("p")])])
    assert one.text.splitlines()[3:] == [
        "p = s", "for t in range(1, T):", "    u = 1 * x[t] * w", "    p = 1 * u * p", "loss L = 1 * p"]
    found = one.expected({"x": ["7", "2", "3", "5"], "s": ["11"], "w": ["2"]})
    assert found["L"] == [2 * 3 * 5 * 8 * 11]
    assert found["ds"] == [2 * 3 * 5 * 8]
    assert found["dx"] == [0, 3 * 5 * 8 * 11, 2 * 5 * 8 * 11, 2 * 3 * 8 * 11]
    assert found["dw"] == [3 * 2 * 3 * 5 * 4 * 11]


def test_a_start_stands_before_the_steps():
    # h[3] = s, then h[t] = h[t+1] + x[t] for t = 2, 1:  sum(h) counts the two steps, since h has three places.
    h = Line("h", "sequence", [Term(1, [_array("h", 1)]), Term(1, [_input("x", 0)])], "s")
    one = Loop(4, range(1, 3)[::-1], [h], [Term(1, [_array("h", 0)])])
    assert one.head == "for t in reversed(range(1, T-1)), h[T-1] = s:"
    one.loss = [Term(1, [("h[1]", lambda state: state.arrays["h"][1])])]
    found = one.expected({"x": ["1", "2", "3", "4"], "s": ["5"], "w": ["1"]})
    assert found == {"L": [10], "dx": [0, 1, 1, 0], "ds": [1], "dw": [0]}


def test_slopes_are_those_of_differences():
    """For a polynomial of degree d, f'(w) is the sum of (-1)^(n+1) Δⁿf(w) / n for n = 1 … d."""
    source, steps = random.Random(4), 130
    for _ in range(20):
        one = loop(source)
        at = point(source, one.length)
        values = [one.expected({**at, "w": [Fraction(at["w"][0]) + k]})["L"][0] for k in range(steps)]
        slope = Fraction(0)
        for n in range(1, steps):
            values = [b - a for a, b in zip(values, values[1:])]
            slope += Fraction((-1) ** (n + 1), n) * values[0]
        assert values[0] == 0, "the degree is too high for this many steps"
        assert slope == one.expected(at)["dw"][0]
