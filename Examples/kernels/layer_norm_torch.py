"""The backward pass of PyTorch's layer normalization at a probe.

    gradcheck judge layer_norm.expr --npz --run 'python3 layer_norm_torch.py {probe} {grads}'
"""

import sys

import numpy
import torch

probe = {name: torch.from_numpy(array) for name, array in numpy.load(sys.argv[1]).items()}
x, g, b = (probe[name].requires_grad_() for name in ("x", "g", "b"))
y = torch.nn.functional.layer_norm(x, g.shape, g, b, eps=1e-5)
y.backward(probe["dy"])
numpy.savez(sys.argv[2], y=y.detach(), dx=x.grad, dg=g.grad, db=b.grad)
