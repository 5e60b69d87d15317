"""Simulate, analyze, import and export as tasks that can be repeated without harm."""

from .analyze import AnalysisEnd, GlassTask, analyze, choose, measure, pending, registry
from .plan import StatePoint, plan
from .sample import make_liquid, make_sample, steps_of
from .simulate import SampleEnd, prepare, simulate
from .transfer import check_files, export_configurations, import_glass

__all__ = [
    "AnalysisEnd",
    "GlassTask",
    "SampleEnd",
    "StatePoint",
    "analyze",
    "check_files",
    "choose",
    "export_configurations",
    "import_glass",
    "make_liquid",
    "make_sample",
    "measure",
    "pending",
    "plan",
    "prepare",
    "registry",
    "simulate",
    "steps_of",
]
