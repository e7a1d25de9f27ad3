"""How far a rebuild is: bars on a terminal, one plain line a stage elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Display

from recommender.cli.terminal import console
from recommender.encoder import Advance
from recommender.rebuild import Progress


class Bars:
    """`recommender.rebuild.Progress` as a bar a stage."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """See `Progress.stage`."""
        columns = (
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<8}"),
            BarColumn(),
            TextColumn("{task.fields[amount]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        done = 0
        with Display(*columns, console=console(stderr=True)) as display:
            task = display.add_task(name, total=total, amount="")

            def advance(units: int) -> None:
                nonlocal done
                done += units
                amount = f"{done:,}" if total is None else f"{done:,} of {total:,}"
                display.update(task, advance=units, amount=amount)

            yield advance
            # Whatever was foreseen, the stage is over: the bar is full and stops pulsing.
            display.update(task, total=max(done, 1), completed=max(done, 1))


class Lines:
    """`recommender.rebuild.Progress` as one line a stage, printed when it is done."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:  # noqa: ARG002
        """See `Progress.stage`."""
        started = time.perf_counter()
        done = 0

        def advance(units: int) -> None:
            nonlocal done
            done += units

        yield advance
        amount = f"{done:,} " if done else ""
        print(f"{name}: {amount}done in {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)


def progress() -> Progress:
    """What fits stderr as it stands."""
    return Bars() if console(stderr=True).is_terminal else Lines()
