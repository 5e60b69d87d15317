"""What commands tell: progress now and then where there is no terminal, less if asked for, and a log."""

from __future__ import annotations

import logging
import re
import sys
import threading

import pytest

from pssglass.cli import progress
from pssglass.cli.messages import be_quiet, end_messages, say
from pssglass.cli.progress import ProgressBar

from .conftest import Program

LINE = r"pssglass: simulate: 1 of 4 done, [\d.e+]+/\w+, [\d.]+ \w+ left"


def test_without_a_terminal_lines_tell_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = threading.Event()

    def tell(message: str) -> None:
        say(message)
        if " 1 of 4 " in message:
            told.set()

    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.01)
    monkeypatch.setattr(progress, "say", tell)
    with ProgressBar("simulate", 4, weight=8.0) as bar:
        bar.advance(2.0)
        assert told.wait(600)
    assert re.search(LINE, capsys.readouterr().err)


def test_quiet_commands_tell_errors_only(with_campaign: Program) -> None:
    with_campaign.write_campaign(failing=True)
    done = with_campaign("simulate", "campaign.toml", "--workers", 0, "--quiet")
    assert (done.code, done.err) == (1, "")
    with_campaign("simulate", "missing.toml", "--quiet").refused("missing.toml")
    assert "samples failed" in with_campaign("simulate", "campaign.toml", "--workers", 0).err


def test_a_log_has_every_message_with_its_time(with_campaign: Program) -> None:
    with_campaign.write_campaign(failing=True)
    told = with_campaign("simulate", "campaign.toml", "--workers", 0, "--log", "all.log").err
    with_campaign("analyze", "--observable", "unknown", "--log", "all.log", "--quiet")
    lines = (with_campaign.folder / "all.log").read_text().splitlines()
    *ours, last = (re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", "", line) for line in lines)
    assert [line for line in ours if " done, " not in line] == [
        line for line in told.splitlines() if " done, " not in line
    ]
    assert last.startswith("pssglass: error: ")
    assert "unknown" in last


def test_a_log_on_a_full_disk_stops_nothing(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--workers", 0, "--log", "/dev/full").done()
    with_campaign("simulate", "missing.toml", "--log", "/dev/full").refused("missing.toml")


def test_completion_makes_no_log(with_campaign: Program) -> None:
    done = with_campaign.alone(
        _PSSGLASS_COMPLETE="complete_bash",
        COMP_WORDS="pssglass simulate --log x.log --pre",
        COMP_CWORD=4,
    )
    assert "--preset" in done.out
    assert with_campaign.files() == {"campaign.toml"}


def test_quiet_commands_leave_out_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    logging.getLogger().addHandler(handler)
    try:
        be_quiet()
        logging.getLogger("pssglass.test").warning("left out")
        logging.getLogger("pssglass.test").error("told")
        end_messages()
        logging.getLogger("pssglass.test").warning("again")
    finally:
        logging.getLogger().removeHandler(handler)
    assert capsys.readouterr().err == "told\nagain\n"


def test_a_log_that_cannot_be_written_is_told_before_any_work(with_campaign: Program) -> None:
    with_campaign("simulate", "campaign.toml", "--log", "none/all.log").refused("--log none/all.log")
    with_campaign("simulate", "campaign.toml", "--log", ".").refused("--log .")
    with_campaign("simulate", "campaign.toml", "--log", "http://host/log").refused("is a URL")
    assert with_campaign.files() == {"campaign.toml"}
