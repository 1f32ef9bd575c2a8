"""Runs pieces of work on any executor of ``concurrent.futures``: what is lost is run again, nothing counts twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from typing import Any, Protocol, Union

from ._errors import CampaignError, GradcheckError

#: An executor, or what makes one: then another is made when the first breaks.
Executors = Union[Executor, Callable[[], Executor]]


class Piece(Protocol):
    """A piece of work that gives the same result wherever and however often it runs."""

    @property
    def key(self) -> str:
        """A name that two pieces share only when they are the same work."""

    @property
    def label(self) -> str:
        """What it is called in messages."""


class Ledger(Protocol):
    """The pieces that are done, each once, and those that are not."""

    @property
    def left(self) -> list[Any]:
        """The pieces that are not done."""

    def run(self) -> Callable[[Any], Any]:
        """The function that a worker calls with a piece; sent by name, so that it stands in a module."""

    def add(self, piece: Any, outcome: Any) -> None:
        """Takes the result of a piece; a second one of the same piece says nothing new."""


class WorkerLost(Exception):
    """The program was ended by a signal, or a piece was cancelled: it is run again."""


def run_all(ledger: Ledger, executor: Executors | None, retries: int) -> int:
    """Runs what is left; gives how many pieces were run again.

    :raises CampaignError: when a piece was lost more than ``retries`` times, or the executor broke for good.
    """
    losses: dict[str, int] = {}
    repeated = idle = 0
    while ledger.left:
        before = len(ledger.left)
        with _Lease(executor) as pool:
            repeated += _Round(pool, ledger, losses, retries).run()
        idle = idle + 1 if len(ledger.left) == before else 0
        if ledger.left and not _makes_executors(executor):
            raise CampaignError(
                "the executor broke; give a function that makes one, such as `executor=ProcessPoolExecutor`,"
                " and another is made"
            )
        if idle > retries:
            raise CampaignError(f"{idle} executors broke one after another, and none did any work")
    return repeated


def _makes_executors(executor: Executors | None) -> bool:
    return executor is None or not isinstance(executor, Executor)


class _Lease:
    """An executor for the time of a ``with``: the caller's own, which stays open, or one that is made and ended."""

    def __init__(self, executor: Executors | None) -> None:
        self.owned = _makes_executors(executor)
        if executor is None:
            self.pool: Executor = ThreadPoolExecutor(os.cpu_count() or 1)
        else:
            self.pool = executor if isinstance(executor, Executor) else executor()

    def __enter__(self) -> Executor:
        return self.pool

    def __exit__(self, *_: object) -> None:
        if self.owned:
            self.pool.shutdown(wait=True, cancel_futures=True)


class _Round:
    """What is left, on one executor, until all is done or the executor breaks."""

    def __init__(self, pool: Executor, ledger: Ledger, losses: dict[str, int], retries: int) -> None:
        self.pool = pool
        self.ledger = ledger
        self.losses = losses
        self.retries = retries
        self.pending: dict[Future[Any], Piece] = {}
        self.is_broken = False
        self.repeated = 0

    def run(self) -> int:
        for piece in self.ledger.left:
            self._submit(piece)
        try:
            while self.pending:
                finished, _ = wait(self.pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._take(future, self.pending.pop(future))
        finally:
            for future in self.pending:
                future.cancel()
        return self.repeated

    def _submit(self, piece: Piece) -> None:
        if self.is_broken:
            return
        try:
            self.pending[self.pool.submit(self.ledger.run(), piece)] = piece
        except RuntimeError:  # BrokenExecutor among them
            self.is_broken = True

    def _take(self, future: Future[Any], piece: Piece) -> None:
        loss = WorkerLost("it was cancelled") if future.cancelled() else future.exception()
        if loss is None:
            self.ledger.add(piece, future.result())
            return
        if isinstance(loss, GradcheckError):
            raise loss
        if isinstance(loss, BrokenExecutor):
            # Every piece in flight ends so, whichever of them it was that broke the pool.
            self.is_broken = True
        self.losses[piece.key] = self.losses.get(piece.key, 0) + 1
        if self.losses[piece.key] > self.retries:
            times = self.losses[piece.key]
            raise CampaignError(f"{piece.label} was lost {times} times, the last time by: {loss!r}") from loss
        self.repeated += 1
        self._submit(piece)
