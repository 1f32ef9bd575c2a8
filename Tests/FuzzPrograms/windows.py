"""Convolution and pooling, written as the sums that define them."""
import itertools

import numpy as np

import elementary
import tensors as t
from scalars import ONE, ZERO, number
from tensors import tensor


def per_axis(value, rank):
    """An option for every spatial axis."""
    return [int(v) for v in value] if isinstance(value, (tuple, list)) else [int(value)] * rank


def channels_first(x, layout):
    return np.moveaxis(tensor(x), -1, 1) if layout == "NHWC" else tensor(x)


def as_layout(y, layout):
    return np.moveaxis(y, 1, -1) if layout == "NHWC" else y


def kernel_first(w, layout, transposed=False):
    """A kernel as [out, in, …], or [in, out, …] of a transposed convolution."""
    if layout != "NHWC":
        return tensor(w)
    moved = np.moveaxis(tensor(w), (-1, -2), (0, 1))
    return np.swapaxes(moved, 0, 1) if transposed else moved


def paddings(padding, kernel, dilation, stride, extents):
    """The zeros before and behind each axis."""
    reach = [d * (k - 1) for k, d in zip(kernel, dilation)]
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding == "causal":
        return [(r, 0) for r in reach]
    if padding in ("same", "same_lower"):
        found = []
        for r, s, extent in zip(reach, stride, extents):
            total = max((-(-extent // s) - 1) * s + r + 1 - extent, 0)
            less, more = total // 2, total - total // 2
            found.append((less, more) if padding == "same" else (more, less))
        return found
    values = padding if isinstance(padding, (tuple, list)) else [padding] * len(kernel)
    return [tuple(map(int, v)) if isinstance(v, (tuple, list)) else (int(v), int(v)) for v in values]


def conv(x, w, b=ZERO, stride=1, padding=0, dilation=1, groups=1, layout="NCHW"):
    """Cross-correlation: y[n, o, p] is the sum of x[n, c, stride*p + dilation*k - padding] * w[o, c, k]."""
    x, w = channels_first(x, layout), kernel_first(w, layout)
    rank, kernel = x.ndim - 2, w.shape[2:]
    stride, dilation = per_axis(stride, rank), per_axis(dilation, rank)
    pads = paddings(padding, kernel, dilation, stride, x.shape[2:])
    size = [(e + a + c - d * (k - 1) - 1) // s + 1
            for e, (a, c), d, k, s in zip(x.shape[2:], pads, dilation, kernel, stride)]
    y = t.zeros(x.shape[0], w.shape[0], *size)
    per = w.shape[0] // int(groups)
    for place in np.ndindex(y.shape):
        n, o, *p = place
        for c, *k in np.ndindex(w.shape[1:]):
            at = tuple(s * i + d * j - a for s, i, d, j, (a, _) in zip(stride, p, dilation, k, pads))
            if all(0 <= i < e for i, e in zip(at, x.shape[2:])):
                term = elementary.times(x[(n, o // per * w.shape[1] + c, *at)], w[(o, c, *k)])
                y[place] = elementary.plus(y[place], term)
    return as_layout(biased(y, b), layout)


def biased(y, b):
    b = tensor(b)
    return t.add(y, b.reshape((1, -1) + (1,) * (y.ndim - 2)) if b.ndim else b)


def conv_transpose(x, w, b=ZERO, stride=1, padding=0, output_padding=0, output_size=None, groups=1, dilation=1,
                   layout="NCHW"):
    """The adjoint: every x[n, c, p] is spread over y[n, o, stride*p + dilation*k - padding]."""
    x, w = channels_first(x, layout), kernel_first(w, layout, transposed=True)
    rank, kernel, groups = x.ndim - 2, w.shape[2:], int(groups)
    stride, dilation, extra = per_axis(stride, rank), per_axis(dilation, rank), per_axis(output_padding, rank)
    pads = paddings(padding, kernel, dilation, stride, x.shape[2:])
    size = [s * (e - 1) + d * (k - 1) + 1 - a - c + o
            for s, e, d, k, (a, c), o in zip(stride, x.shape[2:], dilation, kernel, pads, extra)]
    if output_size is not None:
        size = per_axis(output_size, rank)
    y = t.zeros(x.shape[0], w.shape[1] * groups, *size)
    per = x.shape[1] // groups
    for n, c, *p in np.ndindex(x.shape):
        for o, *k in np.ndindex(w.shape[1:]):
            at = tuple(s * i + d * j - a for s, i, d, j, (a, _) in zip(stride, p, dilation, k, pads))
            if all(0 <= i < e for i, e in zip(at, size)):
                place = (n, c // per * w.shape[1] + o, *at)
                term = elementary.times(x[(n, c, *p)], w[(c, o, *k)])
                y[place] = elementary.plus(y[place], term)
    return as_layout(biased(y, b), layout)


def pooled(x, kernel, stride, padding, dilation, layout, take):
    """One value for each window, from the list of (offset in the window, entry inside the tensor)."""
    x = channels_first(x, layout)
    rank = x.ndim - 2
    kernel = per_axis(kernel, rank)
    stride, dilation = per_axis(kernel if stride is None else stride, rank), per_axis(dilation, rank)
    pads = paddings(padding, kernel, dilation, stride, x.shape[2:])
    size = [(e + a + c - d * (k - 1) - 1) // s + 1
            for e, (a, c), d, k, s in zip(x.shape[2:], pads, dilation, kernel, stride)]
    y = t.zeros(*x.shape[:2], *size)
    for place in np.ndindex(y.shape):
        inside = []
        for offset in itertools.product(*map(range, kernel)):
            at = tuple(s * i + d * j - a for s, i, d, j, (a, _) in zip(stride, place[2:], dilation, offset, pads))
            if all(0 <= i < e for i, e in zip(at, x.shape[2:])):
                inside.append((offset, x[place[:2] + at]))
        y[place] = take(inside, kernel)
    return y


def avg_pool(x, kernel, stride=None, padding=0, dilation=1, layout="NCHW"):
    def take(inside, kernel):
        total = ZERO
        for _, value in inside:
            total = elementary.plus(total, value)
        return elementary.over(total, number(int(np.prod(kernel))))
    return as_layout(pooled(x, kernel, stride, padding, dilation, layout, take), layout)


def first_greatest(inside):
    best = inside[0]
    for candidate in inside[1:]:
        if elementary.maximum(best[1], candidate[1]) is not best[1]:
            best = candidate
    return best


def max_pool(x, kernel, stride=None, padding=0, dilation=1, layout="NCHW"):
    return as_layout(pooled(x, kernel, stride, padding, dilation, layout,
                            lambda inside, _: first_greatest(inside)[1]), layout)


def max_pool_selector(x, kernel, stride=None, padding=0, dilation=1, layout="NCHW"):
    """1 at the entry that each window takes; the window's axes stand behind the others."""
    chosen = as_layout(pooled(x, kernel, stride, padding, dilation, layout,
                              lambda inside, _: first_greatest(inside)[0]), layout)
    kernel = per_axis(kernel, tensor(x).ndim - 2)
    result = t.zeros(*chosen.shape, *kernel)
    for place in np.ndindex(chosen.shape):
        result[place + chosen[place]] = ONE
    return result


def global_avg_pool(x, keepdims=False, layout="NCHW"):
    axes = tuple(range(1, x.ndim - 1)) if layout == "NHWC" else tuple(range(2, x.ndim))
    return t.mean(x, axes, keepdims)


def unfold(x, kernel, dilation=1, padding=0, stride=1):
    """The windows of [N, C, …] as columns [N, C*kernel, windows]."""
    x = tensor(x)
    rank = x.ndim - 2
    kernel, dilation, stride = per_axis(kernel, rank), per_axis(dilation, rank), per_axis(stride, rank)
    pads = paddings(padding, kernel, dilation, stride, x.shape[2:])
    columns = []
    for offset in itertools.product(*map(range, kernel)):
        picked = t.zeros(*kernel)
        picked[offset] = ONE
        weight = t.zeros(x.shape[1], 1, *kernel)
        weight[:, 0] = picked
        columns.append(conv(x, weight, stride=stride, padding=pads, dilation=dilation, groups=x.shape[1]))
    return np.stack(columns, axis=2).reshape(x.shape[0], x.shape[1] * len(columns), -1)
