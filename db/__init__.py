"""The results database, a SQLite file or on PostgreSQL: ensembles, samples, configurations and values."""

from .claims import LEASE_SECONDS
from .cookbook import Recipe, cookbook, recipes
from .meanings import about
from .migrate import upgrade
from .records import (
    AnalysisStatus,
    AnalysisTask,
    Claim,
    ConfigurationFile,
    ConfigurationRecord,
    EnsembleContents,
    EnsembleRecord,
    FailureRecord,
    Finding,
    Kind,
    LineageStatus,
    MadeSample,
    MeasuredRelaxation,
    ModelRecord,
    ObservableInfo,
    RegisteredObservable,
    Removal,
    SampleRecord,
    State,
    StatusReport,
    StoredAnalysis,
    Upgrade,
    ViewColumn,
    ViewTable,
    settings_of,
)
from .schema import SCHEMA_VERSION
from .store import Store
from .tables import TABLES

__all__ = [
    "LEASE_SECONDS",
    "SCHEMA_VERSION",
    "TABLES",
    "AnalysisStatus",
    "AnalysisTask",
    "Claim",
    "ConfigurationFile",
    "ConfigurationRecord",
    "EnsembleContents",
    "EnsembleRecord",
    "FailureRecord",
    "Finding",
    "Kind",
    "LineageStatus",
    "MadeSample",
    "MeasuredRelaxation",
    "ModelRecord",
    "ObservableInfo",
    "Recipe",
    "RegisteredObservable",
    "Removal",
    "SampleRecord",
    "State",
    "StatusReport",
    "Store",
    "StoredAnalysis",
    "Upgrade",
    "ViewColumn",
    "ViewTable",
    "about",
    "cookbook",
    "recipes",
    "settings_of",
    "upgrade",
]
