"""A format of another distribution, from the outside: commands read it, write it, and tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pssglass.configurations import read_gsd

if TYPE_CHECKING:
    from .conftest import Program


def test_export_import_and_help_know_it(measured: Program) -> None:
    from tests.configurations.test_format_table import (
        install,  # the folder comes onto the path with the first test
    )

    site = measured.folder / "site"
    site.mkdir()
    install(site, "rows", "('.rows',)")

    def command(*arguments: object) -> str:
        return measured.alone(*arguments, PYTHONPATH=site, COLUMNS=200).done().out

    command("export", "-o", "out", "--format", "rows", "--ensemble", "tiny-rc1.5-T2.6")
    path = measured.folder / "out/tiny-rc1.5-T2.6/00000-inherent.rows"
    assert path.read_text().count("\n") == 101
    command("import", path, "--ensemble", "outside", "--model", "pss", "--set", "rc=1.5", "--db", "x.db")
    [stored] = (measured.folder / "x.configurations/outside").iterdir()
    original = measured.positions()["tiny-rc1.5-T2.6/00000"]
    np.testing.assert_array_equal(read_gsd(stored).positions, original)
    assert "rows, one row a particle" in " ".join(command("export", "--help").split())
    assert ".rows" in command("import", "--help")
    call = ("import", "a.pdb", "--ensemble", "x", "--model", "pss", "--set", "rc=1.5")
    measured.alone(*call, PYTHONPATH=site).refused("unknown format '.pdb'", ".rows")
    measured.alone("export", "-o", "out", "--format", "row", PYTHONPATH=site).refused("did you mean 'rows'?")
    measured.alone("export", "-o", "a.rows", PYTHONPATH=site).refused("-o FOLDER --format rows")
    measured("export", "-o", "out", "--format", "rows").refused("--format rows: known: csv")
