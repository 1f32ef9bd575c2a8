"""The backward pass of a layer normalization in JAX at a probe.

    gradcheck judge layer_norm.expr --npz --run 'python3 layer_norm_jax.py {probe} {grads}'
"""

import sys

import jax
import jax.numpy as jnp
import numpy


def layer_norm(x, g, b):
    mean = x.mean(axis=-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * g + b


probe = numpy.load(sys.argv[1])
y, pullback = jax.vjp(layer_norm, probe["x"], probe["g"], probe["b"])
dx, dg, db = pullback(probe["dy"])
numpy.savez(sys.argv[2], y=y, dx=dx, dg=dg, db=db)
