"""The page of `--format html` in a browser: it shows everything, asks for nothing, and its console stays empty."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
from conftest import ROOT
from picture import colours

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PICTURES = pathlib.Path(os.environ.get("PICTURES", ROOT / ".build/pictures"))

NOBODY = "not an origin"

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")


def browse(page: pathlib.Path, folder: pathlib.Path, *options: str) -> tuple[str, list[str], list[str]]:
    """What the browser printed, its console's lines, and the addresses that it asked for on behalf of the page."""
    log = folder / "net.json"
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--enable-logging=stderr", *options,
            page.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    console = re.findall(r".*:CONSOLE.*", done.stderr)
    given = [event.get("params", {}) for event in json.loads(log.read_text())["events"]]
    # What the browser asks for on its own behalf has no origin.
    asked = {params["url"] for params in given if "url" in params and params.get("initiator", NOBODY) != NOBODY}
    return done.stdout, console, sorted(url for url in asked if not url.startswith(("file:", "data:", "chrome")))


@pytest.fixture(scope="module")
def page(gradcheck, wrong_files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    path = folder / "report.html"
    examples = [ROOT / "Examples" / name for name in ("mlp-sigmoid-wrong.expr", "conv2d-torch.expr")]
    gradcheck("--format", "html", "--output", path, *wrong_files, *examples)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser(page, tmp_path, scheme):
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"report-{scheme}.png"
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else ["--blink-settings=preferredColorScheme=1"]
    _, console, asked = browse(page, tmp_path, f"--screenshot={picture}", "--window-size=900,1400", *dark)
    assert console == [] and asked == []
    seen = colours(picture.read_bytes())
    background = {"light": "#ffffff", "dark": "#0d1117"}[scheme]
    marks = {"light": ("#116329", "#a40e26"), "dark": ("#56d364", "#ff9492")}[scheme]
    assert seen.most_common(1)[0][0] == background
    assert 0.3 < seen[background] / sum(seen.values()) < 0.97
    assert all(seen[mark] > 20 for mark in marks), seen.most_common(20)


def test_the_document_is_what_was_written(page, tmp_path, wrong_files):
    shown, console, asked = browse(page, tmp_path, "--dump-dom")
    assert console == [] and asked == []
    assert "<script" not in shown and "<img" not in shown
    assert "<b>&amp;" not in shown
    assert shown.count('<section class="file"') >= len(wrong_files)
    for what in ("<math", "<svg", '<article class="claim wrong"', "<ins>", 'class="differs"', 'class="window"'):
        assert what in shown, what


def test_a_page_that_asks_or_complains_is_noticed(tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("oh")</script>')
    _, console, asked = browse(bad, tmp_path, "--dump-dom")
    assert any("oh" in line for line in console)
    assert asked == ["http://127.0.0.1:9/x.png"]


def test_json_of_the_net_log_is_read(tmp_path):
    """The log of requests is written also for a page that asks for nothing."""
    empty = tmp_path / "empty.html"
    empty.write_text("<p>x")
    browse(empty, tmp_path, "--dump-dom")
    assert json.loads((tmp_path / "net.json").read_text())["events"]
