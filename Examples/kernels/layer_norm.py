#!/usr/bin/env python3
"""The backward pass of layer normalization in NumPy: reads a probe, writes the gradients.

    gradcheck probe layer_norm.expr -o probe.npz
    python3 layer_norm.py probe.npz grads.npz
    gradcheck judge layer_norm.expr --at probe.npz grads.npz
"""
import sys

import numpy as np


def backward(x, g, dy, eps=np.float32(1e-5)):
    centred = x - x.mean(-1, keepdims=True)
    scale = 1 / np.sqrt((centred * centred).mean(-1, keepdims=True) + eps)
    unit = centred * scale
    up = g * dy
    dx = (up - up.mean(-1, keepdims=True) - unit * (up * unit).mean(-1, keepdims=True)) * scale
    return {"dx": dx, "dg": (dy * unit).sum(0), "db": dy.sum(0)}


def main(probe, grads):
    with np.load(probe) as point:
        np.savez(grads, **backward(point["x"], point["g"], point["dy"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
