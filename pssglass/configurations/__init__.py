"""Configurations and their files: GSD (the program's own), extended XYZ, LAMMPS data, and what others add."""

from __future__ import annotations

from pssglass.configurations.cell import edge_vectors, wrapped
from pssglass.configurations.configuration import PRESSURE, QUENCH_PRESSURE, Configuration, model_record
from pssglass.configurations.format import Format
from pssglass.configurations.format_table import (
    format_named,
    format_of,
    formats,
    installed_formats,
    read_configuration,
    read_configuration_of,
    suffixes,
    write_configuration,
)
from pssglass.configurations.gsd import fill_gsd_frames, read_gsd, write_gsd
from pssglass.configurations.header import RENAMED
from pssglass.configurations.source import Source

__all__ = [
    "PRESSURE",
    "QUENCH_PRESSURE",
    "RENAMED",
    "Configuration",
    "Format",
    "Source",
    "edge_vectors",
    "fill_gsd_frames",
    "format_named",
    "format_of",
    "formats",
    "installed_formats",
    "model_record",
    "read_configuration",
    "read_configuration_of",
    "read_gsd",
    "suffixes",
    "wrapped",
    "write_configuration",
    "write_gsd",
]
