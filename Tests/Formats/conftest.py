from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def gradcheck():
    """The program: called with arguments, it gives what it wrote, which must not be an error of its own."""
    program = os.environ.get("GRADCHECK_PROGRAM")
    assert program, "GRADCHECK_PROGRAM is the program to test"

    def run(*arguments, status=(0, 1, 2, 3)) -> str:
        command = [os.path.abspath(program), *map(str, arguments)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT, timeout=300)
        assert done.returncode in status, (command, done.returncode, done.stderr)
        return done.stdout

    return run


@pytest.fixture(scope="session")
def schemas() -> pathlib.Path:
    """The folder in which Scripts/ci-formats leaves the schemas of others."""
    return pathlib.Path(os.environ["SCHEMAS"])


@pytest.fixture(scope="session")
def wrong_files(tmp_path_factory) -> list[pathlib.Path]:
    """The first example of every page of a rule, files that cannot be read, and names that are hard to write."""
    folder = tmp_path_factory.mktemp("wrong files")
    files = []
    for page in sorted((ROOT / "Documentation/Rules").glob("*.md")):
        blocks = page.read_text().split("```expr\n")[1:]
        if blocks:
            files.append(folder / f"{page.stem}.expr")
            files[-1].write_text(blocks[0].split("```")[0])
    assert len(files) > 15
    more = {
        "two at once.expr": "dims n=3\ninput x: [n]\ny = x @ q + r\nz = sofmax(x)\n",
        "kink.expr": "const x0: [2]\ninput x: [2]\nloss L = sum(abs(x - x))\ncheck dx = ones(2)\n",
        "<&>'\"%é.expr": "input x: [3]\nloss L = sum(x**2)  # <b>&amp;</b>\ncheck dx = 3 * x  # ]]>\n",
        "nothing.expr": "",
        "control\x1b\x07.expr": "input x: [3]\ny = \x01\n",
    }
    for name, text in more.items():
        files.append(folder / name)
        files[-1].write_text(text)
    return files
