"""Simulate, analyze, import and export as tasks that can be repeated without harm."""

from .analysis import TIME_LIMIT, AnalysisEnd, GlassTask, analyze, measure, pending
from .citations import citations
from .ensembles import ensembles, show_registration, store_ensembles, summaries
from .export import ConfigurationExport, export_configurations, export_table
from .extension import resolved
from .lost_models import LostModel, lost_models
from .memory import gigabytes, require_memory
from .planning import Effort, StatePoint, memory_of, missing_samples, plan, time_of
from .removal import remove_failures, remove_observable, remove_samples
from .requests import check_requests, register, registry
from .sample import make_liquid, make_sample, steps_of
from .selection import Selection
from .simulation import SampleEnd, prepare, simulate
from .transfer import describe_import, import_glass
from .verification import Reproduction, check_files, recompute

__all__ = [
    "TIME_LIMIT",
    "AnalysisEnd",
    "ConfigurationExport",
    "Effort",
    "GlassTask",
    "LostModel",
    "Reproduction",
    "SampleEnd",
    "Selection",
    "StatePoint",
    "analyze",
    "check_files",
    "check_requests",
    "citations",
    "describe_import",
    "ensembles",
    "export_configurations",
    "export_table",
    "gigabytes",
    "import_glass",
    "lost_models",
    "make_liquid",
    "make_sample",
    "measure",
    "memory_of",
    "missing_samples",
    "pending",
    "plan",
    "prepare",
    "recompute",
    "register",
    "registry",
    "remove_failures",
    "remove_observable",
    "remove_samples",
    "require_memory",
    "resolved",
    "show_registration",
    "simulate",
    "steps_of",
    "store_ensembles",
    "summaries",
    "time_of",
]
