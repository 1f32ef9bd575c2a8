"""Pairs this toolkit's exact products with their peers, and prints a table of ratios.

Each row alternates one run of ours with one of the peer's, so that both see the same machine, and
shows the medians of the times and of the ratios of the pairs. One thread, and processor time, which
other work on the machine disturbs least; a row of two threads says so and shows wall-clock time. A
peer that is absent is named and skipped.

    usage: peers.py BINARY [--repeat N] [--only SECTION]...
"""

import argparse
import ctypes
import ctypes.util
import os
import random
import statistics
import subprocess
import sys
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def set_core_type():
    """Debian's OpenBLAS takes AVX-512 machines that it does not know for older ones."""
    try:
        with open("/proc/cpuinfo") as file:
            if "avx512dq" in file.read():
                os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
    except OSError:
        pass


def milliseconds(body, threads):
    clock = time.process_time if threads == 1 else time.perf_counter
    start = clock()
    body()
    return (clock() - start) * 1e3


class Ours:
    """The benchmark program, which answers requests with milliseconds."""

    def __init__(self, binary):
        self.process = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def time(self, request, threads=1):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit("the benchmark program ended at: " + request)
        if answer == "?":
            return None
        passed, spent = map(float, answer.split())
        return spent if threads == 1 else passed


class Table:
    def __init__(self, ours, repeat):
        self.ours = ours
        self.repeat = repeat

    def section(self, title, peer):
        print(f"\n### {title}\n\n| what | kernel | ours, ms | {peer}, ms | ours / peer |")
        print("|---|---|---:|---:|---:|", flush=True)

    def row(self, name, kernel, request, peer, threads=1, repeat=None):
        """One row: `request` is completed by a kernel and a number of threads."""
        full = f"{request} {kernel} {threads}"
        if self.ours.time(full) is None:
            print(f"| {name} | {kernel} | not on this machine | | |", flush=True)
            return
        peer()
        ours, theirs, ratios = [], [], []
        for _ in range(repeat or self.repeat):
            theirs.append(milliseconds(peer, threads))
            ours.append(self.ours.time(full, threads))
            ratios.append(ours[-1] / theirs[-1])
        label = kernel if threads == 1 else f"{kernel}, {threads} threads"
        print(
            f"| {name} | {label} | {statistics.median(ours):.2f} "
            f"| {statistics.median(theirs):.2f} | {statistics.median(ratios):.2f} |",
            flush=True,
        )


def openblas():
    name = ctypes.util.find_library("openblas")
    return ctypes.CDLL(name) if name else None


def dgemm(n):
    """A float64 product of OpenBLAS's on random matrices, or None."""
    library = openblas()
    if library is None:
        return None
    double, size = ctypes.c_double, n * n
    a = (double * size)(*[random.random() for _ in range(size)])
    b = (double * size)(*[random.random() for _ in range(size)])
    c = (double * size)()
    return lambda: library.cblas_dgemm(
        101, 111, 111, n, n, n, double(1), a, n, b, n, double(0), c, n
    )


def matrix_products(table):
    library = openblas()
    if library is None:
        print("\nOpenBLAS: absent (apt install libopenblas-dev), skipped")
        return
    library.openblas_get_corename.restype = ctypes.c_char_p
    core = library.openblas_get_corename().decode()
    table.section("Exact matrix products against float64 dgemm", f"OpenBLAS dgemm ({core})")
    for n in (512, 1024):
        peer = dgemm(n)
        for inputs in ("float32", "normal32", "float64", "rational"):
            for kernel in ("auto", "ifma", "vnni", "amx", "avx2", "portable"):
                if inputs == "rational" and kernel != "auto":
                    continue
                table.row(f"{inputs}, n = {n}", kernel, f"matmul {n} {inputs}", peer)
        table.row(f"float64, n = {n}", "auto", f"matmul {n} float64", peer, threads=2)


def flint_products(table):
    try:
        import flint
    except ImportError:
        print("\npython-flint: absent (pip install python-flint), skipped")
        return
    table.section("Exact matrix products against FLINT", "FLINT")
    random.seed(1)
    for n in (256, 512, 1024):
        def integers(n=n):
            bound = 1 << 30
            return flint.fmpz_mat(n, n, [random.randint(-bound, bound) for _ in range(n * n)])
        a, b = integers(), integers()
        for kernel in ("auto", "portable"):
            table.row(
                f"fmpz_mat, 30 bits, n = {n}", kernel, f"matmul {n} integer", lambda: a * b)
    for n in (256, 512, 1024):
        def fractions(n=n):
            return flint.fmpq_mat(n, n, [
                flint.fmpq(random.randint(-100, 100), random.randint(1, 100))
                for _ in range(n * n)])
        a, b = fractions(), fractions()
        for kernel in ("auto", "portable"):
            table.row(
                f"fmpq_mat, p, q ≤ 100, n = {n}", kernel, f"matmul {n} rational", lambda: a * b,
                repeat=3 if n > 256 else None)


def layers(table):
    try:
        import torch
    except ImportError:
        print("\nPyTorch: absent (pip install torch), skipped")
        return
    torch.set_num_threads(1)
    table.section("Exact forward and both gradients of a layer, float32 inputs", "PyTorch float64")

    def run(layer, x, g):
        def body():
            layer.zero_grad()
            x.grad = None
            layer(x).backward(g)
        return body

    def draw(*shape):
        return torch.randn(*shape, dtype=torch.float64)

    def conv(batch, inputs, outputs, extent, kernel, padding):
        layer = torch.nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False).double()
        x = draw(batch, inputs, extent, extent).requires_grad_()
        return run(layer, x, draw(*layer(x).shape))

    def transposed():
        layer = torch.nn.ConvTranspose2d(1024, 512, 4, 2, 1, bias=False).double()
        x = draw(16, 1024, 4, 4).requires_grad_()
        return run(layer, x, draw(*layer(x).shape))

    for batch in (1, 16):
        for kernel in ("auto", "ifma", "vnni", "amx", "avx2", "portable"):
            table.row(
                f"Conv2d 64→64 k3 p1, {batch}×64×32×32", kernel,
                f"conv {batch} 64 64 32 3 1 1 float32", conv(batch, 64, 64, 32, 3, 1))
    for kernel in ("auto", "portable"):
        table.row(
            "ConvTranspose2d 1024→512 k4 s2 p1, 16×1024×4×4", kernel,
            "conv 16 512 1024 8 4 2 1 float32", transposed())
    table.row(
        "Conv2d 3→32 k5 p2, 16×3×256×256", "auto", "conv 16 3 32 256 5 1 2 float32",
        conv(16, 3, 32, 256, 5, 2), repeat=3)


SECTIONS = {"dgemm": matrix_products, "flint": flint_products, "layers": layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", action="append", choices=sorted(SECTIONS))
    arguments = parser.parse_args()
    set_core_type()
    table = Table(Ours(arguments.binary), arguments.repeat)
    for name in arguments.only or SECTIONS:
        SECTIONS[name](table)


if __name__ == "__main__":
    main()
