"""Models as data: a form, who interacts how strongly at which distance, and the density, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from pssglass.base import checks
from pssglass.base.errors import ModelError, suggest
from pssglass.base.toml_tables import as_table, check_keys, naming
from pssglass.models.form import PairForm
from pssglass.models.forms import FORMS, FormOfData
from pssglass.models.model import Matrix, Model
from pssglass.models.sizes import Sizes, require_lengths
from pssglass.models.tabulated import Tabulated

MIXTURE_KEYS = (
    "species",
    "composition",
    "energies",
    "lengths",
    "diameters",
    "nonadditivity",
    "sizes",
    "density",
    "mass",
    "melt_temperature",
)
SIZES_KEYS = ("smallest", "largest", "exponent", "drawing")
NAMES = ("A", "B", "C", "D")
WHOLE = ("exponents", "smoothing")
CORE = 10.0
"""Times the melt's temperature, the least energy at which a table begins."""
ROUND_OFF = 1e-9
CENTRE = 10.0
"""Times the depth of its well, the least energy at which a table begins at x = 0."""


def model_from_data(name: str, settings: Mapping[str, Any], folder: Path = Path()) -> Model:
    """The model of one table ``[models.NAME]``, or of the parameters that such a one has.

    Args:
        name: of the model.
        settings: its form, the form's parameters and those of the mixture, see docs/models.md.
        folder: where relative paths begin.

    Raises:
        ModelError: a key is unknown or missing, or a value wrong.
    """
    settings = {key: _without_numpy(value) for key, value in settings.items()}
    with naming(f"model {name}", ModelError):
        form_name = checks.text(ModelError, "form", settings.get("form", ""))
        if form_name not in FORMS:
            raise ModelError(f"form = '{form_name}': {suggest(form_name, FORMS)}")
        entry = FORMS[form_name]
        check_keys(settings, ("form", *entry.keys, *MIXTURE_KEYS), required=("density",))
        given = entry.settings({key: settings[key] for key in entry.keys if key in settings}, folder)
        form = _built(entry, given)
        own = {key: _plain(key, value) for key, value in given.items()}
        mixture = _mixture({"melt_temperature": entry.melt_temperature(own), **settings})
        parameters = {"form": form_name, **own, **mixture}
        model = Model(
            name=name,
            parameters=parameters,
            species=tuple(mixture["species"]),
            composition=tuple(mixture["composition"]),
            number_density=mixture["density"],
            mass=mixture["mass"],
            energies=_as_tuples(mixture["energies"]),
            lengths=_as_tuples(mixture["lengths"]),
            form=form,
            melt_temperature=mixture["melt_temperature"],
            sizes=_sizes(parameters),
        )
        if isinstance(form, Tabulated):
            _check_core(model, form)
        return model


def refuse_measured(name: str, settings: Mapping[str, Any]) -> None:
    """Make sure that nobody states what is measured.

    Raises:
        ModelError: ``force_error`` of a table, or another such key, is among the settings.
    """
    form = FORMS.get(str(settings.get("form")))
    for key in form.measured if form else ():
        if key in settings:
            raise ModelError(f"model {name}: {key} = {settings[key]!r} is measured, not chosen; leave it out")


def _built(entry: FormOfData, given: Mapping[str, Any]) -> PairForm:
    try:
        return entry.build(**given)
    except ArithmeticError as error:
        reason = type(error).__name__
        raise ModelError(
            f"numbers of the form are too large or too small to compute with ({reason}); take units in which"
            " ε and λ are near 1"
        ) from None


def _mixture(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Everything but the form, checked, as plain values."""
    species = _species(settings)
    S = len(species)
    positive = {
        key: checks.number(ModelError, key, settings.get(key, 1.0), above=0.0)
        for key in ("density", "mass", "melt_temperature")
    }
    return {
        "species": species,
        "composition": _composition(settings, S),
        "energies": _matrix("energies", settings.get("energies", [[1.0] * S] * S), S),
        "lengths": _lengths(settings, S),
        **_distribution(settings, S),
        **positive,
    }


def _distribution(settings: Mapping[str, Any], S: int) -> dict[str, Any]:
    """Of continuous sizes, if there are any, and how they mix."""
    if "sizes" not in settings:
        return {}
    given = as_table("sizes", settings["sizes"])
    check_keys(given, SIZES_KEYS, required=("largest",))
    if S > 1:
        raise ModelError(f"sizes belong to one species, and composition has {S}; leave one of them out")
    numbers = {"smallest": 1.0, "exponent": 3.0, **given}
    plain = {key: checks.number(ModelError, f"sizes: {key}", numbers[key]) for key in SIZES_KEYS[:3]}
    drawing = checks.text(ModelError, "sizes: drawing", given.get("drawing", "quantiles"))
    share = checks.number(ModelError, "nonadditivity", settings.get("nonadditivity", 0.0))
    return {"sizes": {**plain, "drawing": drawing}, "nonadditivity": share}


def _sizes(parameters: Mapping[str, Any]) -> Sizes | None:
    if "sizes" not in parameters:
        return None
    return Sizes(**parameters["sizes"], nonadditivity=parameters["nonadditivity"])


def _species(settings: Mapping[str, Any]) -> list[str]:
    """Names of the species: those given, or else letters for as many as the composition has."""
    if "diameters" in settings and not {"species", "composition"} & settings.keys():
        count = len(checks.sequence(ModelError, "diameters", settings["diameters"]))
        if count > 1:
            raise ModelError(
                f"diameters of {count} species need the key 'composition': add the fraction of each,"
                " or, of particles with diameters of their own, 'sizes' instead"
            )
    given = checks.sequence(ModelError, "composition", settings.get("composition", [1.0]))
    if len(given) > len(NAMES):
        raise ModelError(
            f"composition = {list(given)} has {len(given)} species, more than {len(NAMES)}; take fewer, or"
            " 'sizes' for particles with diameters of their own"
        )
    if "species" in settings:
        given = checks.sequence(ModelError, "species", settings["species"])
        names = [checks.identifier(ModelError, "species", one) for one in given]
    else:
        names = list(NAMES[: len(given)])
    if not len(set(names)) == len(names) <= len(NAMES):
        raise ModelError(f"species = {names} must be up to {len(NAMES)} different names")
    return names


def _composition(settings: Mapping[str, Any], S: int) -> list[float]:
    if S > 1 and "composition" not in settings:
        raise ModelError("the key 'composition' is missing; add the fraction of each species")
    given = checks.sequence(ModelError, "composition", settings.get("composition", [1.0]), S)
    fractions = [checks.number(ModelError, "composition", one, above=0.0) for one in given]
    if abs(sum(fractions) - 1.0) > 1e-9:
        raise ModelError(f"composition = {fractions} adds up to {sum(fractions)}; it must be 1")
    return fractions


def _lengths(settings: Mapping[str, Any], S: int) -> list[list[float]]:
    """λ_ij as they stand, or mixed from diameters: ½(λ_i + λ_j)(1 - n_a |λ_i - λ_j|)."""
    if "sizes" in settings:
        if "diameters" in settings or settings.get("lengths", [[1.0]]) != [[1.0]]:
            raise ModelError("give one of 'sizes', 'lengths' and 'diameters'")
        return [[1.0]]
    if "lengths" in settings:
        for key in ("diameters", "nonadditivity"):
            if key in settings:
                raise ModelError(f"give either 'lengths' or '{key}', which they are mixed from")
        return _matrix("lengths", settings["lengths"], S)
    if S > 1 and "diameters" not in settings:
        raise ModelError("the key 'lengths' is missing; add a row for each species, or 'diameters'")
    given = checks.sequence(ModelError, "diameters", settings.get("diameters", [1.0]), S)
    diameters = [checks.number(ModelError, "diameters", one, above=0.0) for one in given]
    share = checks.number(ModelError, "nonadditivity", settings.get("nonadditivity", 0.0))
    if share and S == 1:
        raise ModelError(
            f"nonadditivity = {share:g} mixes different sizes, and all particles have one; leave it out, or"
            " give 'sizes', or 'diameters' of more species"
        )
    require_lengths(share, min(diameters), max(diameters))
    return [[0.5 * (a + b) * (1.0 - share * abs(a - b)) for b in diameters] for a in diameters]


def _matrix(name: str, value: object, S: int) -> list[list[float]]:
    """S rows of S positive numbers, symmetric."""
    rows = [checks.sequence(ModelError, name, row, S) for row in checks.sequence(ModelError, name, value, S)]
    matrix = [[checks.number(ModelError, name, one, above=0.0) for one in row] for row in rows]
    if matrix != np.transpose(matrix).tolist():
        raise ModelError(f"{name} = {matrix} must be symmetric")
    return matrix


def _without_numpy(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's, and tables and lists of them."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _without_numpy(one) for key, one in value.items()}
    return [_without_numpy(one) for one in value] if isinstance(value, list | tuple) else value


def _plain(key: str, value: object) -> Any:
    """Numbers as floats, whole ones where nothing else is meant: 4 and 4.0 are the same model."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(key, one) for one in value]
    return float(value) + 0.0 if isinstance(value, Real) and key not in WHOLE else value


def _as_tuples(matrix: list[list[float]]) -> Matrix:
    return tuple(map(tuple, matrix))


def _check_core(model: Model, table: Tabulated) -> None:
    """Refuse a table that begins where the melt still goes; what is below it is no more than continued."""
    if table.q_first == 0.0:
        _check_centre(table)
    energy = table.nodes[0] * min(map(min, model.energies))
    needed = CORE * model.melt_temperature
    if table.q_first > 0.0 and energy < needed:
        raise ModelError(
            f"the table begins at x = {table.q_first**0.5:.4g} with an energy of {energy:.3g}, below {CORE:g}"
            f" times melt_temperature = {model.melt_temperature:g}; begin it nearer to x = 0, or lower that"
        )


def _check_centre(table: Tabulated) -> None:
    """Refuse a finite energy at x = 0 that does not keep particles apart."""
    energies = np.array(table.nodes[::3])
    centre, most, depth = (float(one) for one in (energies[0], energies.max(), -energies.min()))
    if not centre > 0.0 or centre < most * (1.0 - ROUND_OFF) or centre < CENTRE * depth:
        raise ModelError(
            f"the table begins at x = 0 with an energy of {centre:.3g}, and goes from {-depth:.3g} to"
            f" {most:.3g}; it must be above 0, the largest, and {CENTRE:g} times as far up as the lowest is"
            " down, or particles coincide: give it a higher core, or begin it at x > 0"
        )
