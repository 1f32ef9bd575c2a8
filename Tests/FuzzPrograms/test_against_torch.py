"""The evaluator's values and gradients against PyTorch's, where that is installed."""
import random

import numpy as np
import pytest

import points
import source as S
import truth as T

torch = pytest.importorskip("torch")
F = torch.nn.functional

CASES = {
    "sum(sin(x) * tanh(w))": lambda x, w: (torch.sin(x) * torch.tanh(w)).sum(),
    "sum(gelu(x) + silu(w) + softplus(x))": lambda x, w: (F.gelu(x) + F.silu(w) + F.softplus(x)).sum(),
    "sum(elu(x) * erf(w) + selu(x))": lambda x, w: (F.elu(x) * torch.erf(w) + F.selu(x)).sum(),
    "sum(hardtanh(x) + leaky_relu(w, 0.1) * abs(x))":
        lambda x, w: (F.hardtanh(x) + F.leaky_relu(w, 0.1) * x.abs()).sum(),
    "sum(softmax(x, axis=1) * w + log_softmax(w, axis=0))":
        lambda x, w: (x.softmax(1) * w + w.log_softmax(0)).sum(),
    "sum(layer_norm(x, eps=0.1) * w)": lambda x, w: (F.layer_norm(x, (3,), eps=0.1) * w).sum(),
    "sum(batch_norm(x, eps=0.1)**2 * w)":
        lambda x, w: (F.batch_norm(x, None, None, training=True, eps=0.1)**2 * w).sum(),
    "sum(std(x, axis=1) * logsumexp(w, axis=1))": lambda x, w: (x.std(1, unbiased=False) * w.logsumexp(1)).sum(),
    "norm2(x) * norm1(w)": lambda x, w: x.norm() * w.abs().sum(),
    "logdet(x @ x.T + eye(3)) + det(w)":
        lambda x, w: torch.logdet(x @ x.T + torch.eye(3, dtype=x.dtype)) + torch.det(w),
    "sum(solve(x @ x.T + eye(3), w))": lambda x, w: torch.linalg.solve(x @ x.T + torch.eye(3, dtype=x.dtype), w).sum(),
    "sum(maximum(x, w) * minimum(x, 1))": lambda x, w: (torch.maximum(x, w) * x.clamp(max=1)).sum(),
    "sum(max(x, axis=0) * min(w, axis=1))": lambda x, w: (x.amax(0) * w.amin(1)).sum(),
    "sum(conv1d(x.reshape(1, 3, 3), w.reshape(3, 3, 1), padding=1, stride=2)**2)":
        lambda x, w: (F.conv1d(x.reshape(1, 3, 3), w.reshape(3, 3, 1), padding=1, stride=2)**2).sum(),
    "sum(conv_transpose1d(x.reshape(1, 3, 3), w.reshape(3, 1, 3), stride=2, padding=1, dilation=2)**2)":
        lambda x, w: (F.conv_transpose1d(x.reshape(1, 3, 3), w.reshape(3, 1, 3), stride=2, padding=1,
                                               dilation=2)**2).sum(),
    "sum(max_pool1d(x.reshape(1, 3, 3), 2, stride=1, padding=1)**2) + sum(w)":
        lambda x, w: (F.max_pool1d(x.reshape(1, 3, 3), 2, 1, 1)**2).sum() + w.sum(),
    "sum(avg_pool1d(x.reshape(1, 3, 3), 2, stride=1, padding=1)**2) + sum(w)":
        lambda x, w: (F.avg_pool1d(x.reshape(1, 3, 3), 2, 1, 1)**2).sum() + w.sum(),
    "sum(attention(x, w, x)**2)": lambda x, w: (F.scaled_dot_product_attention(x[None], w[None], x[None])**2).sum(),
    "sum(prod(x, axis=0) * trace(w) + diag(w))": lambda x, w: (x.prod(0) * w.trace() + w.diagonal()).sum(),
    "sum(roll(x, 1, axis=0) * flip(w, axis=1) + triu(x, 1))":
        lambda x, w: (x.roll(1, 0) * w.flip(1) + x.triu(1)).sum(),
    "sum(unfold(x.reshape(1, 1, 3, 3), (2, 2), padding=1)**2) * mean(w)":
        lambda x, w: (F.unfold(x.reshape(1, 1, 3, 3), 2, padding=1)**2).sum() * w.mean(),
    "cross_entropy(x, w)": lambda x, w: F.cross_entropy(x, w),
    "mse_loss(x, w)": lambda x, w: F.mse_loss(x, w),
    "sum(rnn(x.reshape(1, 3, 3), w, x)**2)": lambda x, w: (unrolled(x.reshape(1, 3, 3), w, x)**2).sum(),
    "sum(group_norm(x.reshape(1, 3, 3), 3, eps=0.1) * w)":
        lambda x, w: (F.group_norm(x.reshape(1, 3, 3), 3, eps=0.1) * w).sum(),
}


def unrolled(x, w, u):
    h = torch.zeros(1, 3, dtype=x.dtype)
    for time in range(x.shape[1]):
        h = torch.tanh(x[:, time] @ w.T + h @ u.T)
    return h


def as_torch(value):
    return torch.tensor(np.vectorize(float, otypes=[float])(value), requires_grad=True)


@pytest.mark.parametrize("expression", CASES)
def test_value_and_gradients(expression):
    source = S.read(f"input x: [3, 3], w: [3, 3]\nloss L = {expression}\n")
    point = points.draw(source, random.Random(expression), scale=points.number("0.2"))
    ours = T.truth(source, point, None)
    x, w = as_torch(point["x"]), as_torch(point["w"])
    theirs = CASES[expression](x, w)
    theirs.backward()
    # Double precision of a few dozen operations: 1e-9 is 10^6 units in the last place.
    assert float(ours.values["L"].item()) == pytest.approx(theirs.item(), rel=1e-9)
    for name, tensor in (("dx", x), ("dw", w)):
        found = np.vectorize(float, otypes=[float])(ours.gradients[name])
        wanted = np.zeros((3, 3)) if tensor.grad is None else tensor.grad.numpy()
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)
