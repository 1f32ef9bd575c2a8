"""The evaluator against values worked out by hand."""
import random
from fractions import Fraction

import numpy as np
import pytest

import points
import source as S
import truth as T
import verify
from interpreter import Machine
from scalars import NoValue, number, rational, real
from tensors import tensor


def at(values):
    return {
    name: np.vectorize(
        number,
        otypes=[object])(
            np.array(
                value,
                dtype=object)) for name,
                 value in values.items()}


def evaluate(expression, **values):
    return Machine(S.Source(), at(values)).value(expression)


def exact(value):
    """Nested lists of fractions, to be compared with ==."""
    return np.vectorize(lambda v: Fraction(int(v.numerator), int(v.denominator)),
                        otypes=[object])(tensor(value)).tolist()


def gradient(text, upstream=None, **values):
    source = S.read(text)
    result = T.truth(source, at(values), upstream and (lambda shape: at({"u": upstream})["u"]))
    return {name: exact(value) for name, value in result.gradients.items()}, result


@pytest.mark.parametrize("expression, expected", [
    ("0.1 + 0.2", Fraction(3, 10)),
    ("1e-5", Fraction(1, 100000)),
    ("-x**2", [-4, -9]),
    ("2**3**0", 2),
    ("x @ x", 13),
    ("(x > 2) * 7", [0, 7]),
    ("where(x > 2, x, -x)", [-2, 3]),
    ("clip(x, 2.5, 10)", [Fraction(5, 2), 3]),
    ("sum(A, axis=0)", [4, 6]),
    ("mean(A, axis=1, keepdims=True)", [[Fraction(3, 2)], [Fraction(7, 2)]]),
    ("var(A)", Fraction(5, 4)),
    ("prod(A)", 24),
    ("A.T", [[1, 3], [2, 4]]),
    ("inv(A)", [[-2, 1], [Fraction(3, 2), Fraction(-1, 2)]]),
    ("det(A)", -2),
    ("solve(A, x)", [-1, Fraction(3, 2)]),
    ("outer(x, x)", [[4, 6], [6, 9]]),
    ('einsum("ij,j->i", A, x)', [8, 18]),
    ("pad(x, ((1, 2),))", [0, 2, 3, 0, 0]),
    ("roll(x, 1, axis=0)", [3, 2]),
    ("concat([x, x[1:]], axis=0)", [2, 3, 3]),
    ("tril(A)", [[1, 0], [3, 4]]),
    ("kron(A, eye(1))", [[1, 2], [3, 4]]),
    ("max(A, axis=0)", [3, 4]),
    ("max_selector(A, axis=0)", [[0, 1], [0, 1]]),
    ("min_selector(A)", [[1, 0], [0, 0]]),
    ("max_selector(ones(2))", [Fraction(1, 2), Fraction(1, 2)]),
    ("conv1d(A.reshape(1, 1, 4), x.reshape(1, 1, 2), padding=1)", [[[3, 8, 13, 18, 8]]]),
    ("conv_transpose1d(A.reshape(1, 2, 2), A.reshape(2, 1, 2), stride=2)", [[[10, 14, 14, 20]]]),
    ("max_pool1d(A.reshape(1, 1, 4), 2, stride=1, padding=1)", [[[1, 2, 3, 4, 4]]]),
    ("avg_pool1d(A.reshape(1, 1, 4), 2)", [[[Fraction(3, 2), Fraction(7, 2)]]]),
    ("mse_loss(x, A[0])", 1),
    ("relu(x - 2)", [0, 1]),
    ("sign(x - 2)", [0, 1]),
    ("leaky_relu(2 - x, 0.5)", [0, Fraction(-1, 2)]),
])
def test_values(expression, expected):
    found = exact(evaluate(expression, x=[2, 3], A=[[1, 2], [3, 4]]))
    assert found == np.vectorize(Fraction, otypes=[object])(np.array(expected, dtype=object)).tolist()


def test_transcendental_functions_have_many_digits():
    difference = evaluate("log(1 + x**2)", x=1).item() - \
                          real(number("0.69314718055994530941723212145817656807550013436026"))
    assert abs(difference) < 1e-49


def test_logarithm_of_a_negative_number_has_no_value():
    with pytest.raises(NoValue):
        evaluate("log(x)", x=-1)


def test_an_index_ranges_where_every_access_stays_inside():
    text = "input x: [2, 3], z: [2]\ny: [2, 3]\ny[i,j+1] += (x[i,j] - z[i])\noutput y\n"
    found, result = gradient(text, [[1, 10, 100], [1000, 10000, 100000]], x=[[1, 2, 3], [4, 5, 6]], z=[1, 2])
    assert exact(result.values["y"]) == [[0, 0, 1], [0, 2, 3]]
    assert found["dx"] == [[10, 100, 0], [10000, 100000, 0]]
    assert found["dz"] == [-110, -110000]


def test_a_strided_index_statement_and_a_range():
    text = "input x: [3]\ny: [4]\ny[2*i+k] += x[i] for k in range(2)\nloss L = sum(y)\n"
    found, result = gradient(text, x=[1, 2, 3])
    assert exact(result.values["y"]) == [1, 1, 2, 2]
    assert found["dx"] == [2, 2, 0]


def test_gradients_of_named_values():
    text = "input x: [2]\nz = x**2\nloss L = z[0] * z[1]\n"
    found, _ = gradient(text, x=[2, 3])
    assert found["dz"] == [9, 4] and found["dx"] == [36, 24]


def test_a_kink_is_told():
    text = "input x: [2]\nz = relu(x)\nloss L = sum(z)\n"
    _, result = gradient(text, x=[0, 3])
    assert result.kinked["dx"] and not result.kinked["dz"]
    _, result = gradient(text, x=[-1, 3])
    assert not result.kinked["dx"]


def test_a_tie_below_a_relu_is_a_kink_of_the_named_value_alone():
    text = "input x: [2]\nz = relu(x)\nloss L = max(z)\n"
    _, result = gradient(text, x=[-1, -3])
    assert result.kinked["dz"] and not result.kinked["dx"]


@pytest.mark.parametrize("words, gradient_of, expected", [
    (["symmetric"], [[1, 2], [4, 8]], [[1, 3], [3, 8]]),
    (["symmetric(entries)"], [[1, 2], [4, 8]], [[1, 6], [6, 8]]),
    (["lower"], [[1, 2], [4, 8]], [[1, 0], [4, 8]]),
    (["diagonal"], [[1, 2], [4, 8]], [[1, 0], [0, 8]]),
    (["orthogonal"], [[1, 2], [4, 8]], [[1, 2], [4, 8]]),
])
def test_projections(words, gradient_of, expected):
    assert exact(T.project(at({"g": gradient_of})["g"], words)) == expected


@pytest.mark.parametrize("words", ["symmetric", "diagonal", "lower", "orthogonal",
                         "spd", "simplex", "one_hot(1)", "integer", "positive", "unit"])
def test_points_obey_declarations(words):
    value = points.drawn((3, 3), [words], random.Random(words))
    holds = {
        "symmetric": lambda a: (a == a.T).all(), "diagonal": lambda a: a[0, 1] == 0, "lower": lambda a: a[0, 2] == 0,
        "orthogonal": lambda a: not T.differs(a.T.dot(a), np.eye(3, dtype=int) * rational(1)),
        "spd": lambda a: (a == a.T).all() and a[0, 0] > 0, "simplex": lambda a: (a.sum(axis=1) == 1).all(),
        "one_hot(1)": lambda a: sorted(a[0]) == [0, 0, 1], "integer": lambda a: all(v.denominator == 1 for v in a.flat),
        "positive": lambda a: (a > 0).all(), "unit": lambda a: (a > 0).all() and (a < 1).all()}
    assert holds[words](value)


def test_a_claim_is_refuted_at_a_point_where_a_tie_decides_nothing():
    text = "input x: [], w: [2]\ny = min((w - 2) * x)\noutput y\ncheck dx = dy * sum((w - 2) * (w * x == min(w * x)))\n"
    tied, apart = {"x": "3", "w": ["1/2", "1/2"]}, {"x": "3", "w": ["1/2", "5/2"]}
    assert verify.refuted_at(text, 0, tied, random.Random(1))
    assert not verify.refuted_at(text, 0, apart, random.Random(1))


def test_a_claim_is_not_refuted_where_a_tie_decides():
    text = "input x: [2]\ny = max(x)\noutput y\ncheck dx = dy * (x == max(x))\n"
    assert not verify.refuted_at(text, 0, {"x": ["3", "3"]}, random.Random(1))
