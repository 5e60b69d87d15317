"""Observables are found in installed distributions, and a bad one never hides the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from pssglass.base.errors import BrokenPlugin, DuplicatePlugin, MissingPlugin
from pssglass.plugins.registry import Registry

GROUP = "pssglass.test_observables"

SOURCE = """
from pssglass.observable import Column

class Plugin:
    name = "{name}"
    version = "2"
    level = "sample"
    requires = {requires}
    parameters = {{}}
    columns = (Column("{column}", "1", "always one"),)

    def compute(self, subject, parameters):
        return {{"{column}": 1.0}}
"""


class Shelf:
    """A folder on the import path into which tiny distributions are installed, as pip would lay them out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self, distribution: str, name: str, source: str | None = None, *, requires: str = "()"
    ) -> None:
        """One distribution with one observable ``name`` that returns the column ``<name>_value``."""
        # Python keeps imported modules for good, so every test's distribution needs a module of its own.
        module = f"plugin_{self.folder.name}_{distribution}".replace("-", "_")
        text = (
            SOURCE.format(name=name, requires=requires, column=f"{name}_value") if source is None else source
        )
        (self.folder / f"{module}.py").write_text(text)
        info = self.folder / f"{module}-1.4.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.4\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {module}:Plugin\n")


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.syspath_prepend(str(tmp_path))
    return Shelf(tmp_path)


def test_a_third_party_observable_is_found_with_its_provider(shelf: Shelf) -> None:
    shelf.install("glass-voronoi", "voronoi")
    registry = Registry.discover(GROUP)
    assert registry.problems == []
    assert registry.observables["voronoi"].version == "2"
    assert registry.provider("voronoi") == ("glass-voronoi", "1.4")


def test_the_built_in_observables_are_registered_the_same_way() -> None:
    registry = Registry.discover()
    assert registry.problems == []
    assert {"energetics", "moduli"} <= set(registry.observables)
    assert registry.provider("moduli")[0] == "pssglass"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("class Panic(BaseException): ...\nraise Panic('of Rust')", "Panic: of Rust"),
        ("def broken(:", "SyntaxError"),
        ("raise ValueError('of two\\nlines')", "ValueError: of two lines"),
        ("Other = 1", "AttributeError"),
        ("class Plugin:\n    def __init__(self, size): pass", "TypeError"),
        ("Plugin = 7", "lacks name, version"),
        ("class Plugin:\n    @property\n    def name(self): raise OSError('gone')", "OSError: gone"),
        (SOURCE.format(name="renamed", requires="()", column="x"), "calls itself 'renamed'"),
        (SOURCE.format(name="bad", requires="7", column="x"), "requires is 7"),
    ],
)
def test_a_broken_plugin_is_reported_and_the_others_stay(shelf: Shelf, source: str, reason: str) -> None:
    shelf.install("broken-one", "bad", source)
    shelf.install("sound-one", "sound")
    registry = Registry.discover(GROUP)
    assert set(registry.observables) == {"sound"}
    assert [type(problem) for problem in registry.problems] == [BrokenPlugin]
    assert "bad of broken-one 1.4" in str(registry.problems[0])
    assert reason in str(registry.problems[0])
    with pytest.raises(BrokenPlugin, match="broken-one"):
        registry.resolve(["bad"])


def test_a_name_registered_twice_is_nobodys(shelf: Shelf) -> None:
    shelf.install("voronoi-a", "voronoi")
    shelf.install("voronoi-b", "voronoi")
    shelf.install("sound-one", "sound")
    registry = Registry.discover(GROUP)
    assert set(registry.observables) == {"sound"}
    with pytest.raises(DuplicatePlugin, match="voronoi is registered by voronoi-a and voronoi-b"):
        registry.resolve(["voronoi"])


def test_the_programs_own_observable_is_not_displaced(shelf: Shelf) -> None:
    shelf.install("pssglass", "moduli")
    shelf.install("usurper", "moduli")
    registry = Registry.discover(GROUP)
    assert registry.provider("moduli") == ("pssglass", "1.4")
    assert [type(problem) for problem in registry.problems] == [DuplicatePlugin]


def test_two_observables_cannot_share_a_column(shelf: Shelf) -> None:
    shelf.install("first", "alpha")
    shelf.install("second", "beta", SOURCE.format(name="beta", requires="()", column="alpha_value"))
    registry = Registry.discover(GROUP)
    assert set(registry.observables) == {"alpha"}
    with pytest.raises(DuplicatePlugin, match="beta of second returns 'alpha_value', as alpha does"):
        registry.resolve(["beta"])


def test_a_missing_observable_is_named_with_the_closest_known(shelf: Shelf) -> None:
    shelf.install("glass-voronoi", "voronoi")
    with pytest.raises(MissingPlugin, match=r"'voronoy': did you mean 'voronoi'\?"):
        Registry.discover(GROUP).resolve(["voronoy"])


def test_an_unmet_requirement_takes_out_all_that_depend_on_it(shelf: Shelf) -> None:
    shelf.install("one", "base", requires="('absent',)")
    shelf.install("two", "derived", requires="('base',)")
    shelf.install("three", "sound")
    registry = Registry.discover(GROUP)
    assert set(registry.observables) == {"sound"}
    assert [type(problem) for problem in registry.problems] == [MissingPlugin, MissingPlugin]
    with pytest.raises(MissingPlugin, match="base requires 'absent', which is not usable"):
        registry.resolve(["base"])


def test_observables_come_after_what_they_require_and_only_once(shelf: Shelf) -> None:
    shelf.install("one", "top", requires="('left', 'right')")
    shelf.install("two", "left", requires="('bottom', 'liquid')")
    shelf.install("three", "right", requires="('bottom',)")
    shelf.install("four", "bottom")
    shelf.install("five", "liquid")
    resolved = Registry.discover(GROUP).resolve(["top", "right"])
    assert [observable.name for observable in resolved] == ["bottom", "liquid", "left", "right", "top"]


def test_a_circle_of_requirements_is_shown(shelf: Shelf) -> None:
    shelf.install("one", "hen", requires="('egg',)")
    shelf.install("two", "egg", requires="('hen',)")
    with pytest.raises(BrokenPlugin, match="hen -> egg -> hen"):
        Registry.discover(GROUP).resolve(["hen"])


def test_a_distribution_whose_entry_points_are_malformed_is_named(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.install("sound-one", "sound")
    shelf.install("bystander", "unused")
    next(shelf.folder.glob("*bystander*/entry_points.txt")).write_text("[console_scripts]\nx x_module:main\n")
    registry = Registry.discover(GROUP)
    assert set(registry.observables) == {"sound"}
    assert registry.problems == []
    Registry.discover(GROUP)
    [warning] = caplog.messages
    assert warning.startswith("the entry points of bystander cannot be read (TypeError: ")
    assert warning.endswith("reinstall or uninstall it")


def test_who_provides_an_observable_must_be_known(shelf: Shelf) -> None:
    shelf.install("nameless", "half")
    next(shelf.folder.glob("*nameless*/METADATA")).unlink()
    registry = Registry.discover(GROUP)
    assert registry.observables == {}
    with pytest.raises(BrokenPlugin, match=r"half of an unknown distribution .* has no METADATA"):
        registry.resolve(["half"])
