"""A progress bar with rate and remaining time on stderr; silent where stderr is no terminal."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _Rate(ProgressColumn):
    """Finished things a second, or a minute or an hour where they take long."""

    def render(self, task: Task) -> Text:
        if not task.elapsed or not task.fields["done"]:
            return Text("")
        per_second = task.fields["done"] / task.elapsed
        units = (("s", 1.0), ("min", 60.0), ("h", 3600.0))
        unit, seconds = next((one for one in units if per_second * one[1] >= 1.0), units[-1])
        return Text(f"{per_second * seconds:.3g}/{unit}")


class ProgressBar:
    """Counts finished things; their weights (relative costs) decide how far the bar is and what remains.

    Use as a context manager and call ``advance`` once for each thing done.
    """

    def __init__(self, what: str, count: int, weight: float | None = None) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[done]}/{task.fields[count]}"),
            _Rate(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal or count == 0,
            speed_estimate_period=24 * 3600.0,  # samples may take hours
        )
        self._done = 0
        self._task = self._bar.add_task(what, total=weight or count, done=0, count=count)

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, weight: float = 1.0) -> None:
        """One more thing, of this weight, is done."""
        self._done += 1
        self._bar.update(self._task, advance=weight, done=self._done)
