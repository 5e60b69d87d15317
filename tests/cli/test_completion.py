"""What shells complete, asked as they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Program


def completed(program: Program, line: str) -> list[str]:
    """What bash offers for the last word of a line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    done = program.alone(_PSSGLASS_COMPLETE="complete_bash", **words)
    assert not done.err
    return done.out.split()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("pssglass sta", ["status", "stages"]),
        ("pssglass simulate --preset tab", ["table1", "table1-small"]),
        ("pssglass analyze her", ["hertzian"]),
        ("pssglass analyze --observable mo", ["modes", "moduli"]),
        ("pssglass observables modu", ["moduli"]),
        ("pssglass db show modu", ["moduli"]),
        ("pssglass plot fig2", ["fig2"]),
        ("pssglass plot al", ["all", "alpha2"]),
    ],
)
def test_names_of_commands_campaigns_observables_and_figures(
    pssglass: Program, line: str, names: list[str]
) -> None:
    assert sorted(completed(pssglass, line)) == sorted(names)


def test_ensembles_are_those_of_the_database(measured: Program) -> None:
    names = ["tiny-rc1.5-T1.0", "tiny-rc1.5-T2.6"]
    assert sorted(completed(measured, "pssglass plot fig5 --ensemble ti")) == names
    assert sorted(completed(measured, "pssglass db remove --db pssglass.db --ensemble ti")) == names
    assert not completed(measured, "pssglass plot fig5 --db elsewhere.db --ensemble ti")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_shown(pssglass: Program, shell: str) -> None:
    assert "_PSSGLASS_COMPLETE" in pssglass("--show-completion", shell).done().out
