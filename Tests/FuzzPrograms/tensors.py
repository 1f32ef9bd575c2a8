"""Tensors as NumPy arrays of numbers of any kind, and the functions of the language that are not layers."""
import itertools

import numpy as np

import elementary
from scalars import NoValue, ONE, ZERO, is_equal, number, plain

PLUS = np.frompyfunc(elementary.plus, 2, 1)
MINUS = np.frompyfunc(elementary.minus, 2, 1)
TIMES = np.frompyfunc(elementary.times, 2, 1)
OVER = np.frompyfunc(elementary.over, 2, 1)
POWER = np.frompyfunc(elementary.power, 2, 1)
MAXIMUM = np.frompyfunc(elementary.maximum, 2, 1)
MINIMUM = np.frompyfunc(elementary.minimum, 2, 1)
NEGATIVE = np.frompyfunc(lambda x: -x, 1, 1)
RELATIONS = {text: np.frompyfunc(relation, 2, 1) for text, relation in elementary.RELATIONS.items()}


def tensor(value):
    """An array, also of a number alone."""
    return value if isinstance(value, np.ndarray) else np.array(value, dtype=object)


def full(shape, value):
    result = np.empty(shape, dtype=object)
    result.fill(value)
    return result


def zeros(*shape):
    return full(flat(shape), ZERO)


def ones(*shape):
    return full(flat(shape), ONE)


def eye(n, m=None):
    result = zeros(n, m or n)
    for i in range(min(result.shape)):
        result[i, i] = ONE
    return result


def flat(extents):
    """Extents given one by one or as a tuple."""
    if len(extents) == 1 and isinstance(extents[0], (tuple, list)):
        extents = extents[0]
    return tuple(int(extent) for extent in extents)


def entrywise(function):
    ufunc = np.frompyfunc(function, 1, 1)
    return lambda x: tensor(ufunc(x))


def unary(name):
    return entrywise(elementary.UNARY[name])


def add(a, b):
    return tensor(PLUS(a, b))


def subtract(a, b):
    return tensor(MINUS(a, b))


def multiply(a, b):
    return tensor(TIMES(a, b))


def divide(a, b):
    return tensor(OVER(a, b))


def power(a, b):
    return tensor(POWER(a, b))


def negative(a):
    return tensor(NEGATIVE(a))


def compare(text, a, b):
    return tensor(RELATIONS[text](a, b))


def maximum(a, b):
    return tensor(MAXIMUM(a, b))


def minimum(a, b):
    return tensor(MINIMUM(a, b))


def clip(x, lo=None, hi=None):
    bounds = [None if bound is None else tensor(bound).item() for bound in (lo, hi)]
    return entrywise(lambda one: elementary.clip(one, *bounds))(x)


def leaky_relu(x, slope=number("0.01")):
    return entrywise(lambda one: elementary.leaky_relu(one, tensor(slope).item()))(x)


def elu(x, alpha=ONE):
    return entrywise(lambda one: elementary.elu(one, tensor(alpha).item()))(x)


def hardtanh(x, lo=-ONE, hi=ONE):
    return clip(x, lo, hi)


def where(condition, a, b):
    def choose(c, x, y):
        if is_equal(plain(c), ZERO):
            return y
        if is_equal(plain(c), ONE):
            return x
        raise NoValue("a condition that is neither 0 nor 1")
    return tensor(np.frompyfunc(choose, 3, 1)(condition, a, b))


# ---------------------------------------------------------------- reductions

def reduced(ufunc, x, axis, keepdims):
    """A reduction over one axis, several, or all."""
    x = tensor(x)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for one in sorted((int(a) % x.ndim for a in axes), reverse=True):
        x = tensor(ufunc.reduce(x, axis=one, keepdims=True))
        if not keepdims:
            x = x.reshape(x.shape[:one] + x.shape[one + 1:])
    return x


def sum_(x, axis=None, keepdims=False):
    return reduced(PLUS, x, axis, keepdims)


def prod(x, axis=None, keepdims=False):
    return reduced(TIMES, x, axis, keepdims)


def max_(x, axis=None, keepdims=False):
    return reduced(MAXIMUM, x, axis, keepdims)


def min_(x, axis=None, keepdims=False):
    return reduced(MINIMUM, x, axis, keepdims)


def selector(extremum):
    """Where the greatest entry stands, tied ones in equal shares; the reduced axes are the last."""
    def select(x, axis=None):
        reduced_axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        last = [int(a) % x.ndim for a in reduced_axes]
        moved = x.transpose([i for i in range(x.ndim) if i not in last] + last)
        tail = tuple(range(x.ndim - len(last), x.ndim))
        chosen = compare("==", moved, extremum(moved, tail, True))
        return divide(chosen, sum_(chosen, tail, True))
    return select


def count(x, axis):
    x = tensor(x)
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return number(int(np.prod([x.shape[int(a)] for a in axes], dtype=int)))


def mean(x, axis=None, keepdims=False):
    return divide(sum_(x, axis, keepdims), count(x, axis))


def var(x, axis=None, correction=0, keepdims=False):
    centered = subtract(x, mean(x, axis, True))
    return divide(sum_(multiply(centered, centered), axis, keepdims),
                  count(x, axis) - number(plain(tensor(correction).item())))


def std(x, axis=None, correction=0, keepdims=False):
    return unary("sqrt")(var(x, axis, correction, keepdims))


def logsumexp(x, axis=None, keepdims=False):
    return unary("log")(sum_(unary("exp")(x), axis, keepdims))


def norm1(x, axis=None, keepdims=False):
    return sum_(unary("abs")(x), axis, keepdims)


def norm2(x, axis=None, keepdims=False):
    return unary("sqrt")(sum_(multiply(x, x), axis, keepdims))


# ---------------------------------------------------------------- products

def einsum(equation, *operands):
    inputs, result = equation.replace(" ", "").split("->")
    letters = inputs.split(",")
    names = sorted(set("".join(letters)))
    factors = []
    for term, operand in zip(letters, map(tensor, operands)):
        if len(set(term)) < len(term):
            operand, term = diagonal_of(operand, term)
        order = sorted(range(len(term)), key=lambda i: names.index(term[i]))
        shape = [operand.shape[term.index(name)] if name in term else 1 for name in names]
        factors.append(operand.transpose(order).reshape(shape))
    product = factors[0]
    for factor in factors[1:]:
        product = multiply(product, factor)
    dropped = tuple(i for i, name in enumerate(names) if name not in result)
    kept = [name for name in names if name in result]
    total = sum_(product, dropped) if dropped else product
    return total.transpose([kept.index(name) for name in result])


def diagonal_of(operand, term):
    """Repeated letters of an einsum term as one."""
    for letter in set(term):
        while term.count(letter) > 1:
            first = term.index(letter)
            second = term.index(letter, first + 1)
            operand = np.diagonal(operand, axis1=first, axis2=second)
            term = "".join(c for i, c in enumerate(term) if i not in (first, second)) + letter
    return operand, term


def matmul(a, b):
    a, b = tensor(a), tensor(b)
    left = a.reshape(1, -1) if a.ndim == 1 else a
    right = b.reshape(-1, 1) if b.ndim == 1 else b
    result = tensor(PLUS.reduce(TIMES(left[..., :, :, None], right[..., None, :, :]), axis=-2))
    if b.ndim == 1:
        result = result[..., 0]
    return tensor(result[..., 0, :] if a.ndim == 1 and b.ndim > 1 else result[..., 0] if a.ndim == 1 else result)


def outer(a, b):
    return multiply(tensor(a).reshape(-1, 1), tensor(b).reshape(1, -1))


def dot(a, b):
    return matmul(a, b)


def inner(a, b):
    return matmul(a, tensor(b).T)


def kron(a, b):
    (m, n), (p, q) = a.shape, b.shape
    return multiply(a.reshape(m, 1, n, 1), b.reshape(1, p, 1, q)).reshape(m * p, n * q)


def tensordot(a, b, axes=2):
    if not isinstance(axes, (tuple, list)):
        k = int(axes)
        axes = (range(a.ndim - k, a.ndim), range(k))
    first, second = ([int(i) for i in (axis if isinstance(axis, (list, tuple, range)) else [axis])] for axis in axes)
    letters = "abcdefghijklmnop"
    left, right = list(letters[:a.ndim]), list(letters[8:8 + b.ndim])
    for i, j in zip(first, second):
        right[j % b.ndim] = left[i % a.ndim]
    kept = [c for c in left if c not in right] + [c for c in right if c not in left]
    return einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", a, b)


# ---------------------------------------------------------------- matrices

def solve(a, b):
    """Gauss's elimination; the pivot is the first entry that is not 0."""
    a, b = tensor(a), tensor(b)
    right = (b.reshape(-1, 1) if b.ndim == 1 else b).copy()
    matrix, n = a.copy(), a.shape[0]
    for column in range(n):
        swap_pivot(matrix, right, column)
        pivot = matrix[column, column]
        for row in range(n):
            if row != column:
                factor = elementary.over(matrix[row, column], pivot)
                matrix[row] = MINUS(matrix[row], TIMES(factor, matrix[column]))
                right[row] = MINUS(right[row], TIMES(factor, right[column]))
    result = OVER(right, np.diagonal(matrix).reshape(-1, 1))
    return tensor(result[:, 0] if b.ndim == 1 else result)


def swap_pivot(matrix, right, column):
    """Brings a usable pivot into its place, and tells whether rows were exchanged."""
    for row in range(column, matrix.shape[0]):
        if not is_equal(plain(matrix[row, column]), ZERO):
            if row != column:
                for array in (matrix, right):
                    array[[column, row]] = array[[row, column]]
            return row != column
    raise NoValue("a singular matrix")


def inv(a):
    return solve(a, eye(a.shape[0]))


def det(a):
    n, total = a.shape[0], ZERO
    for order in itertools.permutations(range(n)):
        term = number(1 if sum(order[i] > order[j] for i in range(n) for j in range(i, n)) % 2 == 0 else -1)
        for i, j in enumerate(order):
            term = elementary.times(term, a[i, j])
        total = elementary.plus(total, term)
    return tensor(total)


def logdet(a):
    return unary("log")(det(a))


def trace(a):
    return sum_(tensor(np.diagonal(a).copy()))


def diag(a):
    a = tensor(a)
    if a.ndim == 2:
        return np.diagonal(a).copy()
    result = zeros(a.shape[0], a.shape[0])
    for i, value in enumerate(a):
        result[i, i] = value
    return result


def triangle(keep):
    def apply(a, k=0):
        result, k = a.copy(), int(plain(tensor(k).item()))
        for place in np.ndindex(a.shape):
            if not keep(place[-1] - place[-2], k):
                result[place] = ZERO
        return result
    return apply


tril = triangle(lambda offset, k: offset <= k)
triu = triangle(lambda offset, k: offset >= k)
