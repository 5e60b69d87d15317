"""What relations and their columns mean, for people who ask in SQL; observables declare what theirs mean."""

from __future__ import annotations

from pssglass.base.docstrings import summary

from .schema import Base

PARAMETER = ("", "parameter of the model; `pssglass models` lists them")

VIEWS = {
    "v_samples": "One row a sample, one column for each scalar that was measured.",
    "v_earlier_samples": "Samples as they were before their liquids were held for longer.",
    "v_ensembles": "Mean, standard error and count of each scalar in each ensemble.",
    "v_scalars": "One row for each scalar of each glass, of all observables.",
    "v_arrays": "One row for each array.",
    "v_ensemble_values": "What observables find in whole ensembles.",
    "v_model_values": "What observables find in all ensembles of a model.",
    "v_analyses": "Who measured what, with which program.",
    "v_aggregates": "Who computed values of ensembles and models, with which program.",
}
_TABLE = "Table {} of an observable: one row for each entry in the list of a glass."

_KNOWN = {
    "N": ("1", "number of particles"),
    "aggregate_id": ("", "number of the value of an ensemble or a model in the table aggregate"),
    "attempt": ("", "number of the attempt that made the sample, from 1"),
    "bytes": ("", "size of the file"),
    "compiler": ("", "of the program"),
    "configuration_id": ("", "number of the file in the table configuration"),
    "core_seconds": ("s", "time that one core took to make the sample"),
    "count": ("1", "number of samples"),
    "cpu": ("", "processor of the machine"),
    "data": ("", "the array's bytes: numpy.frombuffer(data, dtype).reshape(json.loads(shape))"),
    "details": ("", "all that is known of it, JSON"),
    "distribution": ("", "package that provided the observable when it was first used"),
    "distribution_version": ("", "of this package"),
    "doc": ("", "what the value means"),
    "dtype": ("", "type of the array's numbers, as NumPy names it"),
    "effective_count": ("1", "number of independent samples whose mean would be as certain"),
    "ensemble": ("", "name of the ensemble"),
    "ensemble_id": ("", "number of the ensemble in the table ensemble"),
    "ensembles": ("1", "number of ensembles that the value is made of"),
    "error": ("", "standard error, in the unit of its row"),
    "extended_from": ("time", "the same of the earlier sample whose liquid was held on"),
    "extended_to": ("", "name of the ensemble whose liquids are these, held for longer"),
    "finished_at": ("", "when it was computed, UTC"),
    "flags": ("", "of the compiler"),
    "folder": ("", "of the ensemble's files, where it is not its name"),
    "git_revision": ("", "of the program"),
    "glass": ("", "number of the glass in its lineage"),
    "hash": ("", "SHA-256 of the details"),
    "held_time": ("time", "time that the liquid was held at its parent temperature in all"),
    "high": ("", "upper end of the 95 % interval"),
    "host": ("", "name of the machine"),
    "id": ("", "number of the row, to which other tables refer"),
    "in_table": ("", "table of the observable whose column this array is"),
    "is_shown": ("", "whether views, figures and the report show this registration"),
    "inputs": ("", "what the row was found from; it holds as long as that is the same"),
    "key": ("", "name of the value"),
    "kind": ("", "liquid, inherent or trajectory"),
    "label": ("", "name of the model with its parameters"),
    "lease_from": ("", "when the lease was renewed last, UTC"),
    "lease_until": ("", "when others may take over a sample that is running, UTC"),
    "level": ("", "sample, ensemble or model: what the observable looks at"),
    "lineage": ("", "number of the liquid that the sample is a glass of"),
    "lineages": ("1", "number of lineages, where samples are glasses of such"),
    "low": ("", "lower end of the 95 % interval"),
    "mean": ("", "over the samples, in the unit of its row"),
    "model": ("", "name of the model"),
    "model_hash": ("", "SHA-256 of all that the model was when the ensemble was made"),
    "model_package": ("", "package that provided the model"),
    "name": ("", "by which it is referred to"),
    "number": ("", "of the attempt, from 1"),
    "observable": ("", "what was measured"),
    "observable_id": ("", "number of the registration in the table observable"),
    "parameters": ("", "of the observable, JSON"),
    "params_hash": ("", "SHA-256 of the parameters"),
    "parent_temperature": ("epsilon/k_B", "temperature of the liquid before the quench"),
    "path": ("", "file of the inherent state in the folder of configurations"),
    "position": ("", "number of the row in the lists of the sample, from 0"),
    "program_version": ("", "of the program that computed the row"),
    "rattlers": ("1", "particles that the others do not hold, by the certificate of the inherent state"),
    "reason": ("", "why it failed"),
    "removed_at": ("", "when, UTC"),
    "replica": ("", "number of the sample in its ensemble"),
    "seed": ("", "of all random numbers"),
    "sha256": ("", "of the file of the configuration"),
    "shape": ("", "of the array, which is in C order"),
    "simd": ("", "instruction set that the engine used"),
    "spec": ("", "the whole specification of the ensemble, JSON"),
    "spec_hash": ("", "SHA-256 of the specification"),
    "standard_error": ("", "of the mean, in the unit of its row"),
    "state": ("", "pending, running, done or failed"),
    "status": ("", "ok, or undefined: without meaning for this glass"),
    "std": ("", "standard deviation between samples, in the unit of its row"),
    "subject": ("", "name of the ensemble, or of the model with its parameters"),
    "swap_attempts_per_second": ("1/s", "swap moves that were tried, over the time that they took alone"),
    "swaps_per_second": ("1/s", "those that were accepted, over the same time"),
    "unit": ("", "in Lennard-Jones units"),
    "value": ("", "in the unit of its row"),
    "version": ("", "of the observable"),
    "worker": ("", "host and number of the process"),
}
"""By name, wherever that means the same."""
_OF_RELATION = {
    ("attempt", "ended_at"): ("", "when it ended, UTC"),
    ("attempt", "outcome"): ("", "running, done, failed, lost, interrupted or imported"),
    ("attempt", "record"): ("", "what the run and the quench reported, JSON"),
    ("attempt", "started_at"): ("", "when it began, UTC"),
    ("attempt", "wall_time"): ("s", "from its begin to its end"),
    ("configuration", "path"): ("", "of the file in the folder of configurations"),
    ("ensemble", "extended_to"): ("", "number of the ensemble whose liquids are these, held for longer"),
    ("ensemble", "n"): _KNOWN["N"],
    ("meta", "key"): ("", "name of a fact about the database itself"),
    ("meta", "value"): ("", "the fact"),
    ("observable_column", "position"): ("", "of the column among those of its observable, from 0"),
    ("observable_column", "shape"): ("", "as it is declared: lengths, or names of numbers; [] of a scalar"),
    ("removal", "what"): ("", "what was removed"),
    ("software", "version"): ("", "of the program"),
    ("sample", "attempt"): ("", "number of its last attempt; 0 before the first"),
}
_REFERENCES = ("software_id", "platform_id", "sample_id")


def about(relation: str) -> str:
    """What a row of a view or a table is."""
    if relation in VIEWS:
        return VIEWS[relation]
    if relation.startswith("v_"):
        return _TABLE.format(relation.removeprefix("v_"))
    return _ABOUT_TABLES[relation]


def meaning(relation: str, column: str) -> tuple[str, str]:
    """Unit and meaning of a column that no observable declares."""
    known = _OF_RELATION.get((relation, column)) or _KNOWN.get(column)
    if known:
        return known
    if column in _REFERENCES:
        return "", f"number of the row in the table {column.removesuffix('_id')}"
    if column.startswith("sample_"):
        unit, words = meaning("attempt", column.removeprefix("sample_"))
        return unit, f"of the sample's making: {words}"
    return PARAMETER


_ABOUT_TABLES = {mapper.class_.__tablename__: summary(mapper.class_) for mapper in Base.registry.mappers}
