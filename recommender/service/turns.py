"""Work that takes too long for the event loop, done in a thread beside it, one piece at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVarTuple

from recommender.service import problems

MAX_WAITING = 32

Given = TypeVarTuple("Given")


class Turns:
    """One sort of work: a thread of its own, and a queue with an end."""

    def __init__(self, what: str) -> None:
        """``what`` is the plural noun by which the work is known, such as ``drafts``."""
        self._what = what
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=what)
        self._waiting = 0

    async def take(self, work: Callable[[*Given], bytes], *args: *Given) -> bytes:
        """What ``work`` makes in the thread: the bytes of an answer, or writing them would hold up the event
        loop. Raises ProblemError (429) where 32 are at it or waiting, and what ``work`` raises."""
        if self._waiting >= MAX_WAITING:
            raise problems.ProblemError(
                problems.BUSY,
                f"{self._waiting} {self._what} are waiting, at most {MAX_WAITING} may",
                headers={"Retry-After": str(problems.RETRY_AFTER_SECONDS)},
            )
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, work, *args)
        finally:
            self._waiting -= 1
