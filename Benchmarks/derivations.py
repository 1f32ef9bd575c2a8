"""Times the command's derivations and checks beside SymPy, tensorgrad, JAX and PyTorch, and its checks of
layers at the sizes of real networks, and prints tables.

Ours is a whole process from start to exit, reading a file; a peer's time is one call in a process
that has imported it already. Processor time, medians; an absent peer is named and skipped.

    usage: derivations.py GRADCHECK [--repeat N]
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

TWO_LAYERS = """dims I=3, H=4, O=5
input x: [I], t: [O]
param W: [H, I], b: [H], V: [O, H], c: [O]
h = sigmoid(W @ x + b)
y = sigmoid(V @ h + c)
loss L = sum((y - t)**2)
"""

CONVOLUTION = """dims N=2, C=3, O=4, H=5, W=6
input x: [N, C, H, W]
param w: [O, C, 3, 3]
y = conv2d(x, w, stride=2, padding=1)
output y
"""


def ours(arguments, text):
    """The processor milliseconds of one run of the command on a file with this text."""
    with tempfile.NamedTemporaryFile("w", suffix=".expr") as file:
        file.write(text)
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(arguments + [file.name], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        sys.exit("the command answered " + str(run.returncode) + ":\n" + run.stdout + run.stderr)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e3


def whole_checks(binary):
    """The command on whole networks, which no peer checks: each is one run, its time and its memory."""
    examples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Examples")
    print("\n### Whole checks at full size\n\n| example | processor time, s | most memory, GB |"
          "\n|---|---:|---:|", flush=True)
    for name in NETWORKS:
        path = os.path.join(examples, name + ".expr")
        process = subprocess.Popen(
            [binary, path, "--budget", "1e11", "--memory", "3GiB"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit("the command answered " + str(os.waitstatus_to_exitcode(status)) + ": " + name)
        print(f"| {name} | {usage.ru_utime + usage.ru_stime:.1f} | {usage.ru_maxrss / 1e6:.1f} |",
              flush=True)


def spent(body):
    start = time.process_time()
    body()
    return (time.process_time() - start) * 1e3


def sympy_derivation():
    import sympy
    I, H, O = 3, 4, 5

    def body():
        sympy.core.cache.clear_cache()
        W, V = sympy.MatrixSymbol("W", H, I), sympy.MatrixSymbol("V", O, H)
        x, t = sympy.MatrixSymbol("x", I, 1), sympy.MatrixSymbol("t", O, 1)
        b, c = sympy.MatrixSymbol("b", H, 1), sympy.MatrixSymbol("c", O, 1)
        sigmoid = lambda m: m.applyfunc(lambda e: 1 / (1 + sympy.exp(-e)))
        h = sigmoid(W.as_explicit() * x.as_explicit() + b.as_explicit())
        d = sigmoid(V.as_explicit() * h + c.as_explicit()) - t.as_explicit()
        loss = (d.T * d)[0]
        for symbol in (W, V, b, c):
            [loss.diff(e) for e in symbol.as_explicit()]

    return body


def tensorgrad_derivation():
    import sympy
    import tensorgrad
    import tensorgrad.functions as F

    def body():
        i, h, o = sympy.symbols("i h o")
        x, t = tensorgrad.Variable("x", i), tensorgrad.Variable("t", o)
        W, b = tensorgrad.Variable("W", h, i), tensorgrad.Variable("b", h)
        V, c = tensorgrad.Variable("V", o, h), tensorgrad.Variable("c", o)
        d = F.sigmoid(V @ F.sigmoid(W @ x + b) + c) - t
        loss = d @ d
        [tensorgrad.Derivative(loss, p).full_simplify() for p in (W, b, V, c)]

    return body


def jax_derivation():
    import jax
    import jax.numpy as jnp

    def loss(p, x, t):
        W, b, V, c = p
        h = jax.nn.sigmoid(W @ x + b)
        return jnp.sum((jax.nn.sigmoid(V @ h + c) - t) ** 2)

    p = (jnp.ones((4, 3)), jnp.ones(4), jnp.ones((5, 4)), jnp.ones(5))
    x, t = jnp.ones(3), jnp.ones(5)

    def body():
        jax.clear_caches()
        jax.make_jaxpr(jax.grad(loss))(p, x, t)

    return body


def jax_check():
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    key = jax.random.PRNGKey(1)
    x = jax.random.normal(key, (2, 3, 5, 6), dtype=jnp.float64)
    w = jax.random.normal(key, (4, 3, 3, 3), dtype=jnp.float64)
    layer = lambda x, w: jax.lax.conv_general_dilated(x, w, (2, 2), [(1, 1), (1, 1)])
    return lambda: check_grads(layer, (x, w), order=1, modes=["rev"])


def torch_check():
    import torch

    torch.set_num_threads(1)
    x = torch.randn(2, 3, 5, 6, dtype=torch.float64, requires_grad=True)
    w = torch.randn(4, 3, 3, 3, dtype=torch.float64, requires_grad=True)
    layer = lambda x, w: torch.nn.functional.conv2d(x, w, stride=2, padding=1)
    return lambda: torch.autograd.gradcheck(layer, (x, w))


NETWORKS = ["dcgan-generator", "dcgan-discriminator", "gan-generator-keras", "conv2d-torch"]

ROWS = [
    ("derive: two sigmoid layers, I=3 H=4 O=5", "SymPy, entry by entry", ["derive"], TWO_LAYERS,
     sympy_derivation),
    ("derive: two sigmoid layers, I=3 H=4 O=5", "tensorgrad, simplified", ["derive"], TWO_LAYERS,
     tensorgrad_derivation),
    ("derive: two sigmoid layers, I=3 H=4 O=5", "JAX, tracing", ["derive"], TWO_LAYERS,
     jax_derivation),
    ("check: conv2d 3→4 k3 s2 p1, 2×3×5×6", "PyTorch gradcheck", [], CONVOLUTION, torch_check),
    ("check: conv2d 3→4 k3 s2 p1, 2×3×5×6", "JAX check_grads", [], CONVOLUTION, jax_check),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gradcheck")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    print("\n### Derivations and checks\n\n| what | peer | ours, whole process, ms "
          "| peer, one call, ms | ours / peer |\n|---|---|---:|---:|---:|", flush=True)
    for name, peer_name, command, text, make in ROWS:
        try:
            peer = make()
        except ImportError:
            print(f"| {name} | {peer_name}: absent, skipped | | | |", flush=True)
            continue
        peer()
        pairs = [
            (ours([options.gradcheck] + command, text), spent(peer))
            for _ in range(options.repeat)
        ]
        print(f"| {name} | {peer_name} | {statistics.median(a for a, _ in pairs):.1f} "
              f"| {statistics.median(b for _, b in pairs):.1f} "
              f"| {statistics.median(a / b for a, b in pairs):.2f} |", flush=True)
    whole_checks(options.gradcheck)


if __name__ == "__main__":
    main()
