"""Runs of the program under test."""
import json
import os
import resource
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

SECONDS_A_FILE = 3
ENDED_WELL = {0, 1, 2, 3}
#: Leaves out the search for why a wrong claim is wrong, which takes ten times as long as the verdicts.
WITHOUT_CAUSES = "--no-causes"
HOLDS = {"proved", "identical", "enclosed", "rounded", "exact", "within", "equal at this point"}


@dataclass
class Verdicts:
    """What came of one file: verdicts by claim, or how it ended instead."""
    claims: list = field(default_factory=list)
    end: str = ""
    names: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    points: list = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Ended:
    status: int
    out: str
    err: str
    seconds: float


class Checker:
    def __init__(self, binary, seconds=SECONDS_A_FILE):
        self.binary, self.seconds = str(Path(binary).resolve()), seconds
        self.processor_seconds = 0.0
        self.knows_causes_apart = WITHOUT_CAUSES in self.run(["check", "--help"], [], None).out

    def run(self, arguments, files, folder):
        """One process; it may take some seconds of processor time for each file."""
        limit = int(self.seconds * len(files)) + 1

        def restrict():
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.Popen([self.binary, *arguments, *files], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=folder, preexec_fn=restrict, start_new_session=True)
        try:
            out, err = done.communicate(timeout=20 * limit)
        except subprocess.TimeoutExpired:
            os.killpg(done.pid, signal.SIGKILL)
            out, err = done.communicate()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.processor_seconds += seconds
        return Ended(done.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), seconds)

    def check(self, texts, causes=True):
        """Verdicts for several files, with or without a search for causes. Of a process that does not end well
        each half of its files gets another, and so does a file that may have taken too long."""
        with tempfile.TemporaryDirectory() as folder:
            files = write(folder, texts)
            apart = [] if causes or not self.knows_causes_apart else [WITHOUT_CAUSES]
            ended = self.run(["check", "--format", "json", *apart], files, folder)
        report = parsed(ended)
        if report is None or ended.status not in ENDED_WELL:
            if len(texts) == 1:
                return [Verdicts(end=how_it_ended(ended))]
            half = len(texts) // 2
            return self.check(texts[:half], causes) + self.check(texts[half:], causes)
        found = [of_file(report, name) for name in files]
        if ended.seconds > self.seconds and len(texts) == 1:
            return [Verdicts(end=how_it_ended(ended))]
        if ended.seconds > self.seconds:
            # By the clock, of which two threads may use twice as much.
            found = [self.check([text], causes)[0] if 2 * one.seconds > self.seconds else one
                     for text, one in zip(texts, found)]
        return found

    def derive(self, texts):
        """The printed backward pass of each file, or None."""
        with tempfile.TemporaryDirectory() as folder:
            files = write(folder, texts)
            ended = self.run(["derive"], files, folder)
            if len(texts) == 1:
                return [ended.out if ended.status == 0 else how_it_ended(ended)]
            if ended.status != 0:
                return [self.derive([text])[0] for text in texts]
            parts, current = {}, None
            for line in ended.out.splitlines():
                if line.startswith("# ") and line[2:] in files:
                    current = parts.setdefault(line[2:], [])
                elif current is not None:
                    current.append(line)
            return ["\n".join(parts.get(name, [])) for name in files]


def write(folder, texts):
    names = [f"program{i}.expr" for i in range(len(texts))]
    for name, text in zip(names, texts):
        Path(folder, name).write_text(text, encoding="utf-8")
    return names


def parsed(ended):
    try:
        return json.loads(ended.out)
    except ValueError:
        return None


def of_file(report, name):
    diagnostics = [d for d in report.get("diagnostics", []) if d.get("file") == name]
    found = next((f for f in report.get("files", []) if f.get("file") == name), None)
    if found is None or not found.get("claims") and diagnostics:
        said = "; ".join(f"{d.get('code')}: {d.get('message')} (line {d.get('line')})" for d in diagnostics)
        return Verdicts(end=f"refused: {said}")
    notes = [c.get("reason") or c.get("note") or c.get("cause") or "" for c in found["claims"]]
    words, names = ([c.get(key) for c in found["claims"]] for key in ("verdict", "name"))
    points = [c.get("point") for c in found["claims"]]
    return Verdicts(words, names=names, notes=notes, points=points, seconds=found.get("seconds", 0))


def how_it_ended(ended):
    if ended.status < 0:
        return f"signal {-ended.status} after {ended.seconds:.1f} s"
    if ended.status == 2:
        return f"refused: {(ended.err or ended.out).strip()[:300]}"
    if ended.status in (0, 1, 3):
        return f"slow: {ended.seconds:.1f} s"
    return f"status {ended.status}: {(ended.err or ended.out).strip()[:300]}"
