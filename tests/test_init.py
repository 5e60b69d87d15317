"""What ``import pssglass`` offers, each name when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import pssglass


def test_every_public_name_is_there() -> None:
    listed = [name for names in pssglass._HOMES.values() for name in names]
    assert sorted([*listed, *pssglass._MODULES]) == dir(pssglass)
    assert all(getattr(pssglass, name) is not None for name in dir(pssglass))


def test_a_star_import_hides_no_builtin() -> None:
    assert sorted({*pssglass.__all__, "open"}) == dir(pssglass)


def test_models_need_no_import_of_their_own() -> None:
    look = "import pssglass as pg; print(pg.models.build_model('pss', {'rc': 1.5}) == pg.PSS(1.5))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="module 'pssglass' has no attribute 'Gless'"):
        _ = pssglass.Gless


def test_the_package_itself_imports_nothing_large() -> None:
    look = "import sys, pssglass.cli; print(sorted({'numpy', 'scipy', 'sqlalchemy'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
