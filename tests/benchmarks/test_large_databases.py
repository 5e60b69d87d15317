"""Databases that are multiplied are sound, and their samples scatter."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from pssglass.db import Store, upgrade

HERE = Path(__file__).parent


def test_a_multiplied_database_is_sound(tmp_path: Path) -> None:
    found = importlib.util.spec_from_file_location("large_databases", HERE / "large_databases.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    small = tmp_path / "small.db"
    shutil.copyfile(HERE.parent / "db" / "schema-0008.sqlite", small)
    upgrade(small)
    place = module.multiplied(small, tmp_path / "large.db", 40)
    with Store.open(place) as store:
        assert [one.what for one in store.findings() if one.is_fault] == []
        values = store.sample_scalars("cold", "shear_modulus")
        assert len(values) == len(set(values)) == 3 * round(40 / 4)
        assert next(one.scalars["shear_modulus"].count for one in store.summaries()) == len(values)
