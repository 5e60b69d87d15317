"""Open files are reckoned before workers start."""

from __future__ import annotations

import resource

import pytest

from pssglass.base.errors import InputError
from pssglass.execution.open_files import OF_COMMAND, OF_WORKER, require_open_files


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Soft and hard limit, as the system would hold them."""
    held = [24, 100]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(held))
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: held.__setitem__(slice(None), given))
    return held


def test_the_soft_limit_is_raised_as_far_as_needed(limits: list[int]) -> None:
    require_open_files(2)
    assert limits == [OF_COMMAND + 2 * OF_WORKER, 100]
    require_open_files(1)
    assert limits == [OF_COMMAND + 2 * OF_WORKER, 100], "never lowered"


def test_beyond_the_hard_limit_the_number_of_workers_that_fits_is_named(limits: list[int]) -> None:
    with pytest.raises(InputError, match=r"64 .* allows 100; .* or use --workers 14"):
        require_open_files(64)
    assert limits == [24, 100]
    require_open_files(14)
