"""Functions of the language that move entries and compute nothing."""
import numpy as np

from scalars import ZERO
from tensors import flat, full, tensor


def reshape(x, *shape):
    return tensor(x).reshape(flat(shape))


def permute(x, *axes):
    return tensor(x).transpose(flat(axes))


def transpose(x, axis0=None, axis1=None):
    x = tensor(x)
    return x.T if axis0 is None else np.swapaxes(x, int(axis0), int(axis1))


def flatten(x, start=0, end=-1):
    start, end = int(start) % x.ndim, int(end) % x.ndim
    return x.reshape(x.shape[:start] + (-1,) + x.shape[end + 1:])


def concat(parts, axis=0):
    return np.concatenate([tensor(part) for part in parts], axis=int(axis))


def stack(parts, axis=0):
    return np.stack([tensor(part) for part in parts], axis=int(axis))


def pad(x, pairs):
    """Zeros around; a negative width takes entries away."""
    pairs = [tuple(int(width) for width in pair) for pair in pairs]
    result = full([extent + a + b for extent, (a, b) in zip(x.shape, pairs)], ZERO)
    inside = tuple(slice(max(a, 0), max(a, 0) + extent + min(a, 0) + min(b, 0))
                   for extent, (a, b) in zip(x.shape, pairs))
    taken = tuple(slice(max(-a, 0), extent - max(-b, 0)) for extent, (a, b) in zip(x.shape, pairs))
    result[inside] = x[taken]
    return result


def axes_of(axis):
    return None if axis is None else tuple(int(a) for a in axis) if isinstance(axis, (tuple, list)) else int(axis)


def flip(x, axis=None):
    return np.flip(x, axes_of(axis))


def roll(x, shift, axis=None):
    return np.roll(x, axes_of(shift), axes_of(axis))


def broadcast_to(x, *shape):
    return np.broadcast_to(tensor(x), flat(shape)).copy()


def rearrange(x, pattern, **extents):
    """Axes grouped in round brackets are taken apart or put together."""
    before, after = (groups(side) for side in pattern.split("->"))
    known = {name: int(extent) for name, extent in extents.items()}
    for extent, group in zip(x.shape, before):
        unknown = [name for name in group if name not in known]
        for name in unknown:
            known[name] = extent // int(np.prod([known[other] for other in group if other != name], dtype=int))
    names = [name for group in before for name in group]
    apart = x.reshape([known[name] for name in names])
    moved = apart.transpose([names.index(name) for group in after for name in group])
    return moved.reshape([int(np.prod([known[name] for name in group], dtype=int)) for group in after])


def groups(side):
    found, inside = [], None
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            inside = []
        elif word == ")":
            found.append(inside)
            inside = None
        elif inside is not None:
            inside.append(word)
        else:
            found.append([word])
    return found
