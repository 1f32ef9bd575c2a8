"""Property runs on many processors or machines: any executor of ``concurrent.futures``.

Each run is drawn from the seed and its own number, so that a part of a campaign gives the same result wherever and
however often it runs. A part whose worker is lost is run again, and a part that came back twice counts once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ._distribution import Executors, WorkerLost, run_all
from ._errors import CampaignError, GradcheckError
from ._program import run, run_unchecked
from ._report import HOLDING, REFUTING, Diagnostic


@dataclass(frozen=True)
class Shard:
    """Part ``number`` of ``count`` of the property runs on one file.

    It holds all that a worker needs, so that no disk is shared.
    """

    file: str
    text: str
    #: What stands beside the file and is named by ``check from``.
    neighbours: tuple[tuple[str, bytes], ...]
    number: int
    count: int
    runs: int
    seed: int
    options: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return f"{self.file}, part {self.number}/{self.count}"

    @property
    def key(self) -> str:
        """A name that two shards share only when they are the same work."""
        parts = [self.file, self.text, str(self.number), str(self.count), str(self.runs), str(self.seed), *self.options]
        contents = [text.encode() for text in parts]
        for name, data in self.neighbours:
            contents += [name.encode(), data]
        digest = hashlib.sha256()
        for content in contents:
            digest.update(len(content).to_bytes(8, "big") + content)
        return digest.hexdigest()


def run_shard(shard: Shard) -> tuple[str, int, str, str]:
    """Runs a shard here.

    :returns: its report as JSON, the exit status, what was printed to standard error, and the program's version.
    :raises WorkerLost: when the program was killed.
    """
    with tempfile.TemporaryDirectory(prefix="gradcheck-shard-") as folder:
        path = Path(folder) / Path(shard.file).name
        path.write_text(shard.text, encoding="utf-8")
        for name, data in shard.neighbours:
            neighbour = Path(folder) / name
            neighbour.parent.mkdir(parents=True, exist_ok=True)
            neighbour.write_bytes(data)
        arguments = ["property", "--format", "json", "--runs", str(shard.runs), "--seed", str(shard.seed)]
        arguments += ["--shard", f"{shard.number}/{shard.count}", *shard.options, "--", path.name]
        output = run_unchecked(arguments, folder=folder)
        version = run(["--version"]).text.strip()
    if output.status < 0:
        raise WorkerLost(f"the program was ended by signal {-output.status}")
    return output.text, output.status, output.errors, version


@dataclass(frozen=True)
class PropertyReport:
    """What the property runs on one file came to."""

    file: str
    runs: int
    done: int
    seed: int
    #: How often each verdict was given, by claim and line.
    verdicts: Mapping[tuple[str, int], Mapping[str, int]]
    #: The runs that failed, with the smallest case of each claim.
    failures: tuple[Mapping[str, Any], ...]
    text: str
    raw: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether every claim held in every run."""
        return all(word in HOLDING for counts in self.verdicts.values() for word in counts)

    @property
    def is_wrong(self) -> bool:
        """Whether some claim was refuted in some run."""
        return any(word in REFUTING for counts in self.verdicts.values() for word in counts)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class CampaignReport:
    """The reports of a campaign, one for each file."""

    files: tuple[PropertyReport, ...]
    #: How many shards were run again, since their worker was lost.
    repeated: int = 0

    @property
    def ok(self) -> bool:
        """Whether every claim of every file held in every run."""
        return all(file.ok for file in self.files)

    def __iter__(self) -> Iterator[PropertyReport]:
        return iter(self.files)

    def __getitem__(self, file: str) -> PropertyReport:
        for report in self.files:
            if report.file == file:
                return report
        raise KeyError(file)

    def __str__(self) -> str:
        return "\n".join(file.text for file in self.files)

    def raise_for_verdict(self) -> CampaignReport:
        """Gives the report back when all claims held.

        :raises AssertionError: otherwise, with the text of the reports that have a claim that did not.
        """
        __tracebackhide__ = True
        if not self.ok:
            raise AssertionError("\n".join(file.text for file in self.files if not file.ok))
        return self


def campaign(
    files: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    seeds: range = range(100),
    seed: int = 17,
    executor: Executors | None = None,
    shards: int | None = None,
    retries: int = 3,
    store: str | os.PathLike[str] | None = None,
    budget: int | float | str | None = None,
    memory: int | str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CampaignReport:
    """Runs the claims of files at many sizes and values, in parallel, and merges what comes back.

    :param files: paths of files.
    :param seeds: the numbers of the runs, ``range(n)``: run k is drawn from ``seed`` and k.
    :param executor: any executor of ``concurrent.futures``, such as a Dask client's ``get_executor()`` or a pool of
        processes; or a function that makes one, so that a pool that breaks is made anew. The machine's processors where
        nothing is said. Its workers need this package.
    :param shards: into how many parts the runs of one file are cut; parts of about 25 runs where nothing is said.
    :param retries: how often a shard may be lost before the campaign is given up.
    :param store: a folder for finished shards: a campaign that was broken off goes on from there.
    :param progress: called with the finished and with all shards, after each.
    :raises GradcheckError: when a file is wrong.
    :raises CampaignError: when a shard was lost too often, or workers have other versions of the program.
    """
    paths = [files] if isinstance(files, (str, os.PathLike)) else list(files)
    if seeds.start != 0 or seeds.step != 1 or len(seeds) == 0:
        raise ValueError(f"`seeds` is range(n) with n of 1 or more, not {seeds!r}")
    options: list[str] = []
    for name, value in (("--budget", budget), ("--memory", memory)):
        if value is not None:
            options += [name, f"{value:g}" if isinstance(value, float) else str(value)]
    count = min(shards or max(1, len(seeds) // 25), len(seeds))
    work = [part for path in paths for part in _parts(Path(path), len(seeds), seed, count, tuple(options))]
    results = _Results(work, None if store is None else Path(store), progress)
    repeated = run_all(results, executor, retries)
    return CampaignReport(tuple(_merged(path, results, len(seeds)) for path in _names(paths)), repeated)


def _names(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    return [os.fspath(path) for path in paths]


_NEIGHBOUR = re.compile(r"""^\s*check\s+from\s+(["'])(.+?)\1""", re.MULTILINE)


def _parts(path: Path, runs: int, seed: int, count: int, options: tuple[str, ...]) -> Iterator[Shard]:
    text = path.read_text(encoding="utf-8")
    names = sorted({match.group(2) for match in _NEIGHBOUR.finditer(text)})
    inside = [name for name in names if not os.path.isabs(name) and ".." not in Path(name).parts]
    neighbours = tuple((name, (path.parent / name).read_bytes()) for name in inside if (path.parent / name).is_file())
    for number in range(1, count + 1):
        yield Shard(os.fspath(path), text, neighbours, number, count, runs, seed, options)


class _Results:
    """The shards that are done, each once, and those that are not."""

    def __init__(self, work: list[Shard], store: Path | None, progress: Callable[[int, int], None] | None) -> None:
        self.work = work
        self.store = store
        self.progress = progress
        self.done: dict[str, dict[str, Any]] = {}
        self.versions: set[str] = set()
        if store is not None:
            store.mkdir(parents=True, exist_ok=True)
            for shard in work:
                self._recall(shard)

    def run(self) -> Callable[[Shard], tuple[str, int, str, str]]:
        return run_shard

    @property
    def left(self) -> list[Shard]:
        return [shard for shard in self.work if shard.key not in self.done]

    def add(self, shard: Shard, outcome: tuple[str, int, str, str]) -> None:
        """Takes a shard's result; a second one of the same shard says nothing new."""
        if shard.key in self.done:
            return
        text, status, errors, version = outcome
        report = _report_of(shard, text, status, errors)
        self.versions.add(version)
        if len(self.versions) > 1:
            raise CampaignError(f"workers have different versions of the program: {', '.join(sorted(self.versions))}")
        self._remember(shard, {"version": version, "report": report})
        self.done[shard.key] = report
        if self.progress is not None:
            self.progress(len(self.done), len(self.work))

    def _path(self, shard: Shard) -> Path:
        assert self.store is not None
        return self.store / f"{shard.key}.json"

    def _remember(self, shard: Shard, value: Mapping[str, Any]) -> None:
        if self.store is None:
            return
        # Written beside and renamed: a file in the store is whole.
        handle, name = tempfile.mkstemp(dir=self.store, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file)
        os.replace(name, self._path(shard))

    def _recall(self, shard: Shard) -> None:
        if self._path(shard).is_file():
            value = json.loads(self._path(shard).read_text(encoding="utf-8"))
            self.versions.add(value["version"])
            self.done[shard.key] = value["report"]


def _report_of(shard: Shard, text: str, status: int, errors: str) -> dict[str, Any]:
    """The report that a worker printed.

    :raises GradcheckError: when the file is wrong, or the program failed.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        raise GradcheckError.of_output(["property", shard.file], status, errors or text) from None
    if not isinstance(value, dict) or "done" not in value:
        diagnostics = [Diagnostic.of_json(each) for each in value.get("diagnostics", ())]
        raise GradcheckError.of_diagnostics(diagnostics)
    # The worker knew the file by its name alone.
    return {**value, "file": shard.file}


def _merged(file: str, results: _Results, runs: int) -> PropertyReport:
    """One report of a file's shards, as the program merges them; nothing may be missing or counted twice."""
    parts = [results.done[shard.key] for shard in results.work if shard.file == file]
    value = json.loads(_merge(parts, "--format", "json"))
    if value["done"] != runs:
        raise CampaignError(f"{file}: {value['done']} of {runs} runs came back")
    # All parts together are the whole run.
    value["shards"] = ["1/1"]
    return PropertyReport(
        file=file,
        runs=value["runs"],
        done=value["done"],
        seed=value["seed"],
        verdicts={(each["name"], each["line"]): each["verdicts"] for each in value["claims"]},
        failures=tuple(value["failures"]),
        text=_merge([value]),
        raw=value,
    )


def _merge(parts: Sequence[Mapping[str, Any]], *options: str) -> str:
    with tempfile.TemporaryDirectory(prefix="gradcheck-merge-") as folder:
        names = [f"part-{number}.json" for number in range(len(parts))]
        for name, part in zip(names, parts, strict=True):
            Path(folder, name).write_text(json.dumps(part), encoding="utf-8")
        return run(["property", "--merge", *options, "--", *names], folder=folder).text
