"""The live page in a browser, where there is one: it shows formulas and verdicts, and its console stays empty."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from threading import Thread

import pytest

from gradcheck.serve import LivePage

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def dom(url: str, folder: Path) -> tuple[str, list[str]]:
    """What a page has become after its scripts ran, and what it wrote to the console."""
    assert BROWSER is not None
    arguments = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    arguments += [
        f"--user-data-dir={folder}",
        "--virtual-time-budget=15000",
        "--enable-logging=stderr",
        "--dump-dom",
        url,
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, re.findall(r".*:CONSOLE.*", done.stderr)


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
@pytest.mark.parametrize(("mode", "expected"), [("", "mean for sum|shape: "), ("#line", r"dA = outer\(x, x\)")])
def test_the_page_in_a_browser(tmp_path: Path, mode: str, expected: str) -> None:
    page = LivePage()
    Thread(target=page.serve_forever, daemon=True).start()
    try:
        shown, console = dom(page.url + mode, tmp_path)
    finally:
        page.shutdown()
        page.server_close()
    assert not console
    assert re.search(expected, shown), shown
    assert "<math" in shown
