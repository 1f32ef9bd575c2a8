"""The language server in Neovim, without a screen."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess

import pytest

SCRIPT = pathlib.Path(__file__).with_name("neovim.lua")


@pytest.mark.skipif(shutil.which("nvim") is None, reason="there is no Neovim here")
def test_in_neovim(program, tmp_path):
    file = tmp_path / "a layer.expr"
    file.write_text("dims B=4, I=3, O=2\ninput x: [B, I]\nparam W: [I, O]\ny = x @ W\ncheck dW = x.T @ dy / B\n")
    environment = {**os.environ, "GRADCHECK_PROGRAM": program, "NVIM_FILE": str(file), "XDG_STATE_HOME": str(tmp_path)}
    done = subprocess.run(
        ["nvim", "--headless", "--clean", "-n", "-c", f"luafile {SCRIPT}", "-c", "cquit"],
        env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "DIAGNOSTIC 4:11 dW wrong" in said, said
    assert "param W: [I, O]" in said and "dW = x.T @ dy" in said, said
    assert "FIXED check dW = x.T @ dy" in said and "/ B" not in said.split("FIXED ")[1].splitlines()[0], said
    assert "CLEAN" in said
