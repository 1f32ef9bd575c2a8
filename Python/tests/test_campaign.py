"""Campaigns: the report of a machine alone is what many workers give, whatever happens to them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import gradcheck
from gradcheck._campaign import Shard, run_shard

LAYER = """\
dims B in 1..4, I in 1..3, H in 1..5
input x: [B, I]
param W: [I, H]
z = x @ W
loss L = sum(z**2) / 2
check dz = z
check dW = x.T @ dz
check dx = dz @ W
"""


@pytest.fixture
def layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("layer.expr").write_text(LAYER)
    return "layer.expr"


def alone(file: str, runs: int, seed: int = 17) -> Any:
    """The report of the program itself, in one go."""
    arguments = [
        gradcheck.find_program(),
        "property",
        "--format",
        "json",
        "--runs",
        str(runs),
        "--seed",
        str(seed),
        file,
    ]
    return json.loads(subprocess.run(arguments, capture_output=True, check=False).stdout)


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_parts_come_to_the_whole(layer: str, shards: int) -> None:
    assert gradcheck.campaign(layer, seeds=range(60), shards=shards)[layer].raw == alone(layer, 60)


def test_a_wrong_claim_is_in_the_report(layer: str) -> None:
    report = gradcheck.campaign(layer, seeds=range(40), seed=3)
    file = report[layer]
    assert file.verdicts["dx", 8].get("wrong", 0) > 0
    assert file.verdicts["dW", 7] == {"proved": 40}
    assert file.is_wrong and not report.ok
    with pytest.raises(AssertionError, match="dx"):
        report.raise_for_verdict()


def test_several_files_and_progress(layer: str) -> None:
    Path("other.expr").write_text(LAYER.replace("dz @ W\n", "dz @ W.T\n"))
    seen: list[tuple[int, int]] = []
    report = gradcheck.campaign(
        [layer, Path("other.expr")], seeds=range(20), shards=2, progress=lambda *n: seen.append(n)
    )
    assert [file.ok for file in report] == [False, True]
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_files_beside_go_along(layer: str) -> None:
    text = 'dims n=2\ninput x: [n]\nloss L = sum(x**2)\ncheck from "grads.json"\n'
    Path("grads.json").write_text('{"at": {"x": [1, 2]}, "dx": [2, 4]}')
    Path("from.expr").write_text(text)
    assert gradcheck.campaign("from.expr", seeds=range(2)).files[0].done == 2


def test_a_wrong_file_raises(layer: str) -> None:
    Path(layer).write_text("input x [3]\n")
    with pytest.raises(gradcheck.GradcheckError) as caught:
        gradcheck.campaign(layer, seeds=range(4))
    assert caught.value.diagnostics[0].line == 1


@pytest.mark.parametrize("seeds", [range(0), range(1, 5), range(0, 10, 2)])
def test_only_whole_ranges(layer: str, seeds: range) -> None:
    with pytest.raises(ValueError, match="range"):
        gradcheck.campaign(layer, seeds=seeds)


class LosingExecutor(Executor):
    """Loses the first result of every shard, and gives every second result twice."""

    def __init__(self) -> None:
        self.inner = ThreadPoolExecutor(2)
        self.seen: set[str] = set()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        (shard,) = arguments
        if shard.key in self.seen:
            return self.inner.submit(function, shard, **named)
        self.seen.add(shard.key)
        lost: Future[Any] = Future()
        lost.set_exception(ConnectionError("the worker is gone"))
        return lost

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.inner.shutdown(wait)


def test_what_is_lost_is_run_again(layer: str) -> None:
    report = gradcheck.campaign(layer, seeds=range(40), shards=4, executor=LosingExecutor())
    assert report.repeated == 4
    assert report[layer].raw == alone(layer, 40)


def test_what_is_lost_again_and_again_ends_the_campaign(layer: str) -> None:
    with pytest.raises(gradcheck.CampaignError, match=r"part 1/1 was lost 1 times.*the worker is gone"):
        gradcheck.campaign(layer, seeds=range(4), shards=1, executor=LosingExecutor(), retries=0)


def test_a_campaign_goes_on_from_its_store(layer: str, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = gradcheck.campaign(layer, seeds=range(40), shards=4, store=store)
    kept = sorted(store.iterdir())
    assert len(kept) == 4
    kept[0].unlink()
    counted: list[tuple[int, int]] = []
    second = gradcheck.campaign(layer, seeds=range(40), shards=4, store=store, progress=lambda *n: counted.append(n))
    assert counted == [(4, 4)]
    assert second[layer].raw == first[layer].raw
    # Another text is other work.
    Path(layer).write_text(LAYER.replace("dz @ W\n", "dz @ W.T\n"))
    assert gradcheck.campaign(layer, seeds=range(40), shards=4, store=store).ok


def killing_shard(shard: Shard) -> tuple[str, int, str, str]:
    """Ends its own process the first time that it meets the first part."""
    marker = Path(os.environ["GRADCHECK_TEST_MARKER"])
    if shard.number == 1 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return run_shard(shard)


def test_a_pool_that_breaks_is_made_anew(layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCHECK_TEST_MARKER", str(tmp_path / "killed"))
    monkeypatch.setattr("gradcheck._campaign.run_shard", killing_shard)
    report = gradcheck.campaign(layer, seeds=range(40), shards=8, executor=lambda: ProcessPoolExecutor(2))
    assert (tmp_path / "killed").exists()
    assert report.repeated > 0
    assert report[layer].raw == alone(layer, 40)


def test_a_pool_that_breaks_and_cannot_be_made(layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADCHECK_TEST_MARKER", str(tmp_path / "killed"))
    monkeypatch.setattr("gradcheck._campaign.run_shard", killing_shard)
    with ProcessPoolExecutor(2) as pool, pytest.raises(gradcheck.CampaignError, match="a function that makes one"):
        gradcheck.campaign(layer, seeds=range(40), shards=8, executor=pool)


def test_a_dask_cluster_that_loses_a_worker(layer: str) -> None:
    distributed = pytest.importorskip("distributed")
    runs = 2000
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**settings) as cluster, distributed.Client(cluster) as client:
        killed: list[int] = []

        def kill_one(done: int, _: int) -> None:
            if done == 5:
                worker = next(iter(cluster.workers.values()))
                os.kill(worker.pid, signal.SIGKILL)
                killed.append(worker.pid)
                time.sleep(0.1)

        report = gradcheck.campaign(
            layer, seeds=range(runs), shards=80, executor=client.get_executor(pure=False), progress=kill_one
        )
        assert killed
    assert report[layer].raw == alone(layer, runs)
