"""The command line: parse, call, show. Results on stdout, everything else on stderr."""

from __future__ import annotations

import sys

from pssglass.base.entry_points import survive_broken_distributions
from pssglass.base.errors import EXIT_INTERRUPTED, EXIT_USAGE, Stopped
from pssglass.cli.messages import end_messages, say
from pssglass.cli.streams import prepare_streams
from pssglass.execution.memory import lack_of_addresses
from pssglass.execution.stopping import ended_by_signals


def main() -> None:
    """Entry point of the program ``pssglass``."""
    if lack := lack_of_addresses():
        print(f"pssglass: error: {lack}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    try:
        with ended_by_signals():
            prepare_streams()
            survive_broken_distributions()
            from pssglass.cli.app import run_app  # takes long enough to be interrupted

            code = run_app()
    except Stopped as stopped:
        say(f"pssglass: error: {stopped}", is_error=True)
        code = EXIT_INTERRUPTED
    finally:
        end_messages()
    sys.exit(code)
