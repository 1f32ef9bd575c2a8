"""What the tests share."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

RIGHT = """\
dims B=4, I=3, H=5
input x: [B, I]
param W: [I, H], b: [H]
z = x @ W + b
loss L = sum(relu(z)**2) / 2
check dz = relu(z)
check dW = x.T @ dz
check db = sum(dz, axis=0)
"""

WRONG = RIGHT.replace("sum(dz, axis=0)", "mean(dz, axis=0)")


@pytest.fixture
def right() -> str:
    return RIGHT


@pytest.fixture
def wrong() -> str:
    return WRONG
