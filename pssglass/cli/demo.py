"""``pssglass demo``: a small campaign from the liquid to the figure."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pssglass.cli.analyze import measure_all
from pssglass.cli.options import Workers
from pssglass.cli.output import show_table, with_error
from pssglass.cli.simulate import make_samples
from pssglass.config import load_campaign
from pssglass.db import Store
from pssglass.errors import InputError
from pssglass.grouping import model_label
from pssglass.results import EnsembleSummary

COLUMNS = {
    "u": "energy_per_particle",
    "G": "shear_modulus",
    "G_na/G": "nonaffine_ratio",
    "K": "bulk_modulus",
    "ν": "poisson_ratio",
}
FIGURES = ("fig4", "fig5", "fig15")

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where everything goes.")]
DemoDatabase = Annotated[
    str | None,
    typer.Option("--db", metavar="PATH-or-URL", help="The results.", show_default="FOLDER/pssglass.db"),
]


def demo(folder: Folder = Path("pssglass-demo"), db: DemoDatabase = None, workers: Workers = None) -> None:
    """Make a few glasses of two models, measure them, and show the results: a minute or two on two cores."""
    from pssglass.cli import drawing  # matplotlib takes long to import

    campaign = load_campaign("demo")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make folder {folder} ({error.strerror}); choose another") from None
    with Store.open(db or folder / "pssglass.db", create=True) as store:
        make_samples(store, campaign, workers)
        measure_all(store, campaign.observables, workers)
        summaries = store.summaries()
        url = store.url
    _show_results(summaries)
    print(f"database        {url}")
    for path in drawing.draw_all(drawing.figures(FIGURES), summaries, folder):
        print(f"figure          {path}")


def _show_results(summaries: list[EnsembleSummary]) -> None:
    rows = [
        [
            model_label(one),
            one.parent_temperature,
            one.N,
            max((scalar.count for scalar in one.scalars.values()), default=0),
            *(_mean(one, key) for key in COLUMNS.values()),
        ]
        for one in summaries
    ]
    show_table(["model", "T_p", "N", "samples", *COLUMNS], rows, title="mean ± standard error")


def _mean(ensemble: EnsembleSummary, key: str) -> str:
    scalar = ensemble.scalars.get(key)
    return with_error(scalar.mean, scalar.standard_error) if scalar else "–"
