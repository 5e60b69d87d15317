"""``pssglass demo``: a small campaign from the liquid to the figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pssglass import pipeline
from pssglass.analysis.series import model_label
from pssglass.analysis.statistics import ratio_of_means
from pssglass.base.errors import EXIT_FAILED
from pssglass.base.files import make_folder
from pssglass.base.results import EnsembleSummary, with_error
from pssglass.campaigns.reader import load_campaign
from pssglass.cli.analyze import measure_all
from pssglass.cli.messages import say
from pssglass.cli.options import Workers, local
from pssglass.cli.output import show_table
from pssglass.cli.simulate import count, make_samples
from pssglass.db import State, Store

COLUMNS = {
    "u": ("energy_per_particle",),
    "G": ("shear_modulus",),
    "G_na/G": ("shear_modulus_nonaffine", "shear_modulus", "shear_modulus_affine"),
    "K": ("bulk_modulus",),
    "ν": ("poisson_ratio",),
}
"""Scalars of each column: one, or the three whose ratio of means it is."""
FIGURES = ("fig4", "fig5", "fig15")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", callback=local, help="Where everything goes.")]
DemoDatabase = Annotated[
    str | None,
    typer.Option("--db", metavar="PATH-or-URL", help="The results.", show_default="FOLDER/pssglass.db"),
]


def demo(folder: Folder = Path("pssglass-demo"), db: DemoDatabase = None, workers: Workers = None) -> None:
    """Make a few glasses of two models, measure them, and show the results: a minute or two on two cores."""
    from pssglass.cli import drawing  # matplotlib takes long to import

    campaign = load_campaign("demo")
    pipeline.check_requests(campaign.observables)
    make_folder(folder)
    with Store.open(db or folder / "pssglass.db", create=True) as store:
        make_samples(store, campaign, workers)
        measure_all(store, campaign.observables, workers)
        summaries = store.summaries()
        url = str(store.location)
        failed = sum(count(one, State.FAILED) for one in store.ensembles())
        failed += sum(one.failed for one in store.status().analyses)
    _show_results(summaries)
    print(f"database        {url}")
    for path in drawing.draw_all(drawing.figures(FIGURES), summaries, folder):
        print(f"figure          {path}")
    if failed:
        say(f"pssglass: {failed} samples and analyses failed; `pssglass status --db {url}` tells why")
        raise typer.Exit(EXIT_FAILED)


def _show_results(summaries: list[EnsembleSummary]) -> None:
    rows = [
        [
            model_label(one),
            one.parent_temperature,
            one.N,
            one.measured,
            *(_mean(one, keys) for keys in COLUMNS.values()),
        ]
        for one in summaries
    ]
    show_table(["model", "T_p", "N", "samples", *COLUMNS], rows, title="mean ± standard error")


def _mean(ensemble: EnsembleSummary, keys: tuple[str, ...]) -> str:
    if not ensemble.scalars.keys() >= set(keys):
        return "–"
    first, *others = (ensemble.scalars[key] for key in keys)
    return with_error(*(ratio_of_means(first, *others) if others else (first.mean, first.standard_error)))
