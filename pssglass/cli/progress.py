"""Progress with rate and remaining time: a bar on a terminal; elsewhere, and in a log, a line a minute."""

from __future__ import annotations

import threading
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from pssglass.cli.messages import is_quiet, note, say
from pssglass.cli.output import duration

SECONDS_BETWEEN_LINES = 60.0


def _rate(done: int, elapsed: float) -> str:
    """Finished things a second, or a minute or an hour where they take long."""
    per_second = done / elapsed
    units = (("s", 1.0), ("min", 60.0), ("h", 3600.0))
    unit, seconds = next((one for one in units if per_second * one[1] >= 1.0), units[-1])
    return f"{per_second * seconds:.3g}/{unit}"


class _Rate(ProgressColumn):
    """Of finished things."""

    def render(self, task: Task) -> Text:
        done = task.fields["done"]
        return Text(_rate(done, task.elapsed) if task.elapsed and done else "")


class ProgressBar:
    """Counts finished things; their weights (relative costs) decide how far the bar is and what remains.

    Use as a context manager and call ``advance`` once for each thing done.
    """

    def __init__(self, what: str, count: int, weight: float | None = None) -> None:
        console = Console(stderr=True)
        self._is_shown = console.is_terminal
        self._lines = threading.Thread(target=self._write_lines, daemon=True)
        self._is_over = threading.Event()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[done]}/{task.fields[count]}"),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal or count == 0 or is_quiet(),
            speed_estimate_period=24 * 3600.0,  # samples may take hours
        )
        self._done = 0
        self._task = self._bar.add_task(what, total=weight or count, done=0, count=count)

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        self._lines.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._lines.join()
        self._bar.stop()

    def advance(self, weight: float = 1.0) -> None:
        """One more thing, of this weight, is done."""
        self._done += 1
        self._bar.update(self._task, advance=weight, done=self._done)

    def _write_lines(self) -> None:
        """How far it is, from time to time."""
        tell = note if self._is_shown else say
        while not self._is_over.wait(SECONDS_BETWEEN_LINES):
            tell(f"pssglass: {self._line()}")

    def _line(self) -> str:
        task = self._bar.tasks[0]
        line = f"{task.description}: {self._done} of {task.fields['count']} done"
        if not self._done or not task.elapsed or not task.total or not task.completed:
            return line
        left = task.elapsed * (task.total / task.completed - 1.0)
        return f"{line}, {_rate(self._done, task.elapsed)}, {duration(left)} left"
