"""Simulate, analyze, import and export as tasks that can be repeated without harm."""

from .analysis import AnalysisEnd, GlassTask, analyze, check_requests, measure, pending, register, registry
from .ensembles import ensembles, store_ensembles, summaries
from .planning import StatePoint, plan, time_of
from .sample import make_liquid, make_sample, steps_of
from .simulation import SampleEnd, prepare, simulate
from .transfer import check_files, export_configurations, import_glass

__all__ = [
    "AnalysisEnd",
    "GlassTask",
    "SampleEnd",
    "StatePoint",
    "analyze",
    "check_files",
    "check_requests",
    "ensembles",
    "export_configurations",
    "import_glass",
    "make_liquid",
    "make_sample",
    "measure",
    "pending",
    "plan",
    "prepare",
    "register",
    "registry",
    "simulate",
    "steps_of",
    "store_ensembles",
    "summaries",
    "time_of",
]
