"""``dask worker`` where pssglass is not installed."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from typing import Any

from distributed.cli.dask_worker import main


class Absent(MetaPathFinder):
    """As if there were no pssglass."""

    def find_spec(self, name: str, *_rest: Any) -> None:
        if name.partition(".")[0] == "pssglass":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


if __name__ == "__main__":
    sys.meta_path.insert(0, Absent())
    main()
