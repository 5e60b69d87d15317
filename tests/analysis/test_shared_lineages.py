"""Means of ensembles of the same lineages scatter together, as planted."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from pssglass.analysis.crossover_temperatures import Curve, bend, bend_temperatures
from pssglass.analysis.shared_lineages import scatter_of_means
from pssglass.analysis.statistics import summarize
from pssglass.base.results import EnsembleData

LINEAGES, GLASSES = 16, 4
NUMBERS = np.tile(np.arange(LINEAGES), GLASSES)
TEMPERATURES = np.array([0.7, 0.75, 0.8, 0.86, 0.93, 1.0, 1.3, 1.7, 2.2, 3.0])
BENT = 0.2 + 0.2 * np.maximum(0.0, 1.0 - TEMPERATURES)
SHARED = 0.01


def ensemble(
    temperature: float, values: npt.ArrayLike, numbers: npt.ArrayLike = NUMBERS, stem: int | None = 7
) -> EnsembleData:
    """Of fresh samples if there is no stem."""
    lineages = {} if stem is None else {"x": np.asarray(numbers)}
    return EnsembleData(
        name=f"T{temperature}",
        model_name="pss",
        parameters={"rc": 1.5},
        N=1000,
        parent_temperature=temperature,
        scalars={"x": summarize(values, lineages.get("x"))},
        samples={"x": np.asarray(values)},
        arrays={},
        values={},
        lineages=lineages,
        stem=stem,
    )


def planted(rng: np.random.Generator, shape: npt.NDArray[np.float64]) -> list[EnsembleData]:
    """A bend of which each lineage has moved every temperature by a number of its own times the shape."""
    moved = SHARED * rng.standard_normal(LINEAGES)[NUMBERS]
    return [
        ensemble(T, mean + factor * moved + 0.002 * rng.standard_normal(NUMBERS.size))
        for T, mean, factor in zip(TEMPERATURES, BENT, shape, strict=True)
    ]


def curve(ensembles: list[EnsembleData]) -> Curve:
    means = [one.scalars["x"] for one in ensembles]
    return Curve(
        TEMPERATURES,
        np.array([one.mean for one in means]),
        np.array([one.standard_error for one in means]),
        scatter_of_means(ensembles, "x"),
    )


def test_the_covariance_is_that_of_the_jackknife() -> None:
    rng = np.random.default_rng(1)
    numbers = [np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 2, 3])]
    values = [3.0 + rng.standard_normal(one.size) for one in numbers]
    scatter = scatter_of_means(
        [ensemble(T, x, of) for T, x, of in zip((1.0, 2.0), values, numbers, strict=True)], "x"
    )
    expected = np.zeros((2, 2))
    for row, column in np.ndindex(2, 2):
        falls = [
            [np.mean(x) - np.mean(x[of != one]) for x, of in ((values[k], numbers[k]) for k in (row, column))]
            for one in range(3 + (row == column == 1))
        ]
        parts = [(n - 1) / n for n in (np.unique(numbers[k]).size for k in (row, column))]
        expected[row, column] = math.sqrt(parts[0] * parts[1]) * sum(a * b for a, b in falls)
    assert scatter @ scatter.T == pytest.approx(expected, rel=1e-12)


def test_fresh_samples_and_other_lineages_are_independent() -> None:
    rng = np.random.default_rng(2)
    values = rng.standard_normal((4, NUMBERS.size))
    stems = [None, None, 7, 8]
    made = [ensemble(1.0 + k, x, stem=stem) for k, (x, stem) in enumerate(zip(values, stems, strict=True))]
    scatter = scatter_of_means(made, "x")
    errors = [one.scalars["x"].standard_error for one in made]
    assert scatter @ scatter.T == pytest.approx(np.diag(np.square(errors)), abs=1e-15)


@pytest.mark.parametrize(
    ("shape", "least", "most"),
    [(np.ones_like(TEMPERATURES), 0.0, 0.7), (np.where(TEMPERATURES > 1.0, 1.0, 0.1), 1.2, 9.0)],
    ids=["all alike", "plateau alone"],
)
def test_a_crossover_scatters_as_its_error_says(
    shape: npt.NDArray[np.float64], least: float, most: float
) -> None:
    """Taken as independent, means that all move alike overstate it, those of the plateau understate it."""
    rng = np.random.default_rng(3)
    found, errors, independent = [], [], []
    for _ in range(150):
        made = curve(planted(rng, shape))
        found.append(bend(made).temperature)
        errors.append(np.std(np.log(bend_temperatures(made, 60, rng))))
        alone = Curve(made.temperatures, made.values, made.errors)
        independent.append(np.std(np.log(bend_temperatures(alone, 60, rng))))
    truth = np.std(np.log(found))
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(truth, rel=0.2)
    assert least < truth / np.sqrt(np.mean(np.square(independent))) < most
