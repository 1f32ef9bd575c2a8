"""The layers and losses of the language by their textbook definitions."""
import numpy as np

import tensors as t
from scalars import ONE, ZERO, number
from shapes import axes_of
from tensors import tensor

EPSILON = number("0.00001")


def linear(x, W, b=ZERO):
    return t.add(t.matmul(x, tensor(W).T), b)


def softmax(x, axis=-1):
    weights = t.unary("exp")(x)
    return t.divide(weights, t.sum_(weights, axes_of(axis), True))


def log_softmax(x, axis=-1):
    return t.subtract(x, t.logsumexp(x, axes_of(axis), True))


def standardize(x, axes, eps):
    centered = t.subtract(x, t.mean(x, axes, True))
    return t.divide(centered, t.unary("sqrt")(t.add(t.var(x, axes, 0, True), eps)))


def along(vector, rank, axis):
    """A vector of channels, or a number, laid along one axis."""
    vector = tensor(vector)
    if vector.ndim != 1:
        return vector
    return vector.reshape([-1 if i == axis else 1 for i in range(rank)])


def channel_axis(x, layout):
    return x.ndim - 1 if layout == "NHWC" else 1


def batch_norm(x, gamma=ONE, beta=ZERO, eps=EPSILON, layout="NCHW"):
    channel = channel_axis(x, layout)
    normal = standardize(x, tuple(i for i in range(x.ndim) if i != channel), eps)
    return t.add(t.multiply(normal, along(gamma, x.ndim, channel)), along(beta, x.ndim, channel))


def layer_norm(x, gamma=ONE, beta=ZERO, axis=-1, eps=EPSILON):
    return t.add(t.multiply(gamma, standardize(x, axes_of(axis), eps)), beta)


def instance_norm(x, gamma=ONE, beta=ZERO, eps=EPSILON, layout="NCHW"):
    channel = channel_axis(x, layout)
    normal = standardize(x, tuple(i for i in range(1, x.ndim) if i != channel), eps)
    return t.add(t.multiply(normal, along(gamma, x.ndim, channel)), along(beta, x.ndim, channel))


def group_norm(x, groups, gamma=ONE, beta=ZERO, eps=EPSILON):
    apart = x.reshape((x.shape[0], int(groups), -1))
    normal = standardize(apart, (2,), eps).reshape(x.shape)
    return t.add(t.multiply(normal, along(gamma, x.ndim, 1)), along(beta, x.ndim, 1))


def whole(values, reduction):
    return t.sum_(values) if reduction == "sum" else t.mean(values) if reduction == "mean" else values


def cross_entropy(logits, target, axis=-1, reduction="mean"):
    return whole(t.negative(t.sum_(t.multiply(target, log_softmax(logits, axis)), axes_of(axis))), reduction)


def mse_loss(y, target, reduction="mean"):
    difference = t.subtract(y, target)
    return whole(t.multiply(difference, difference), reduction)


def bce(p, target, reduction="mean"):
    log = t.unary("log")
    one = t.add(t.multiply(target, log(p)), t.multiply(t.subtract(ONE, target), log(t.subtract(ONE, p))))
    return whole(t.negative(one), reduction)


def attention(q, k, v, scale=None):
    scores = t.matmul(q, np.swapaxes(k, -1, -2))
    scale = t.divide(ONE, t.unary("sqrt")(tensor(number(q.shape[-1])))) if scale is None else scale
    return t.matmul(softmax(t.multiply(scores, scale)), v)


def dropout_mask(x, mask, p=number("0.5")):
    return t.divide(t.multiply(x, mask), t.subtract(ONE, p))


def recurrent(x, state, one_step, return_sequences):
    """Runs a cell along axis 1; the state's first part is what is returned."""
    outputs = []
    for time in range(x.shape[1]):
        state = one_step(x[:, time], *state)
        outputs.append(state[0])
    return np.stack(outputs, axis=1) if return_sequences else outputs[-1]


def initial(given, x, units):
    return t.add(t.zeros(x.shape[0], units), given)


def gates(a, count):
    return np.split(a, count, axis=-1)


def rnn(x, W, U, b=ZERO, h0=ZERO, return_sequences=False):
    def one_step(now, h):
        return (t.unary("tanh")(t.add(t.add(t.matmul(now, W.T), b), t.matmul(h, U.T))),)
    return recurrent(x, (initial(h0, x, U.shape[1]),), one_step, return_sequences)


def lstm(x, W, U, b=ZERO, h0=ZERO, c0=ZERO, return_sequences=False):
    sigmoid, tanh = t.unary("sigmoid"), t.unary("tanh")

    def one_step(now, h, c):
        i, f, g, o = gates(t.add(t.add(t.matmul(now, W.T), b), t.matmul(h, U.T)), 4)
        c = t.add(t.multiply(sigmoid(f), c), t.multiply(sigmoid(i), tanh(g)))
        return t.multiply(sigmoid(o), tanh(c)), c
    start = initial(h0, x, U.shape[1]), initial(c0, x, U.shape[1])
    return recurrent(x, start, one_step, return_sequences)


def gru(x, W, U, b=ZERO, h0=ZERO, return_sequences=False, bh=ZERO):
    sigmoid, tanh = t.unary("sigmoid"), t.unary("tanh")

    def one_step(now, h):
        r, z, n = gates(t.add(t.matmul(now, W.T), b), 3)
        hr, hz, hn = gates(t.add(t.matmul(h, U.T), bh), 3)
        r, z = sigmoid(t.add(r, hr)), sigmoid(t.add(z, hz))
        n = tanh(t.add(n, t.multiply(r, hn)))
        return (t.add(t.multiply(t.subtract(ONE, z), n), t.multiply(z, h)),)
    return recurrent(x, (initial(h0, x, U.shape[1]),), one_step, return_sequences)
