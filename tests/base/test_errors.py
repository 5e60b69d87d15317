"""Errors: builtin kinds, exit codes, and survival of the trip between processes."""

from __future__ import annotations

import pickle

import pytest

from pssglass.base import errors


@pytest.mark.parametrize(
    ("error", "builtin", "exit_code"),
    [
        (errors.CampaignError, ValueError, 2),
        (errors.ModelError, ValueError, 2),
        (errors.NotInherentState, ValueError, 2),
        (errors.QuenchNotConverged, RuntimeError, 1),
        (errors.BrokenPlugin, RuntimeError, 1),
        (errors.MissingPlugin, RuntimeError, 2),
        (errors.DatabaseMissing, RuntimeError, 2),
        (errors.NotADatabase, RuntimeError, 2),
        (errors.Interrupted, RuntimeError, 75),
    ],
)
def test_every_error_is_a_builtin_kind_with_an_exit_code(
    error: type[errors.PssglassError], builtin: type[Exception], exit_code: int
) -> None:
    assert issubclass(error, builtin)
    assert issubclass(error, errors.PssglassError)
    assert error.exit_code == exit_code


def test_divergence_reaches_the_main_process_with_step_and_particle() -> None:
    error = errors.TrajectoryDiverged("too hot", step=120, particle=7)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.step, copy.particle) == ("too hot", 120, 7)


def test_a_message_comes_in_one_line() -> None:
    assert errors.one_line(ValueError("of two\n  lines")) == "of two lines"
    assert errors.one_line(KeyError()) == "KeyError"


def test_suggest_names_the_closest_or_lists_all() -> None:
    assert errors.suggest("samplse", ["seed", "samples"]) == "did you mean 'samples'?"
    assert errors.suggest("zzz", ["seed", "samples"]) == "known: samples, seed"
    assert errors.suggest("zzz", []) == "nothing is known here"
