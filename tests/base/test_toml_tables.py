"""Strict tables: each mistake is one line with its place, of the kind of error that the file has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pssglass.base.errors import CampaignError, InputError
from pssglass.base.toml_tables import as_table, check_keys, naming, read_toml


def test_a_file_is_read_or_named(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    with pytest.raises(InputError, match=r"cannot read settings x \(No such file or directory\); make one"):
        read_toml(path, "settings x", "make one")
    path.write_text("a = [1")
    with pytest.raises(InputError, match=r"x.toml is no valid TOML: .*; mend it there"):
        read_toml(path, "settings x", "make one")
    path.write_bytes(b'a = "\xff"')
    with pytest.raises(InputError, match=r"x.toml is no valid TOML: .*utf-8"):
        read_toml(path, "settings x", "make one")
    path.write_text("[a]\nb = 1")
    assert read_toml(path, "settings x", "make one") == {"a": {"b": 1}}


def test_keys_are_known_and_complete() -> None:
    check_keys({"jobs": 1}, ("jobs", "cores"), ("jobs",))
    with pytest.raises(InputError, match="unknown key 'jbos'; did you mean 'jobs'"):
        check_keys({"jbos": 1}, ("jobs",))
    with pytest.raises(InputError, match="the key 'jobs' is missing; add it"):
        check_keys({}, ("jobs",), ("jobs",))


def test_what_is_no_table_is_named_with_its_place() -> None:
    assert as_table("protocol", {"a": 1}) == {"a": 1}
    with (
        pytest.raises(CampaignError, match=r"^block 1: protocol = 3 must be a table, such as"),
        naming("block 1", CampaignError),
    ):
        as_table("protocol", 3)


def test_a_file_that_is_too_long_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "device").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_bytes(b"#" * (2**24 + 1))
    for name, fault in {
        "long": "longer than 16777216 bytes",
        "pipe": r"cannot read a file \(it is a pipe, no regular file\)",
        "device": r"cannot read a file \(it is a device, no regular file\)",
        ".": r"cannot read a file \(it is a folder, no regular file\)",
    }.items():
        with pytest.raises(InputError, match=f"{fault}; give another"):
            read_toml(tmp_path / name, "a file", "give another")
