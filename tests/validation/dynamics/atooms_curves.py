"""Curves of a trajectory by atooms-pp, as JSON; runs in an environment of its own.

python atooms_curves.py TRAJECTORY.xyz K OVERLAP LAG...   (lags in frames)
"""

from __future__ import annotations

import json
import sys
from typing import Any

import atooms.postprocessing as pp
from atooms.trajectory import Trajectory


def main() -> None:
    """Print each curve at the lags."""
    path, k, overlap = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
    with Trajectory(path) as trajectory:
        times = [
            float(lag) * trajectory.timestep * (trajectory.steps[1] - trajectory.steps[0])
            for lag in sys.argv[4:]
        ]
        options: dict[str, Any] = {"norigins": len(trajectory.steps)}
        kept = {"tgrid": times, **options}
        curves = {
            "squared_displacement": pp.MeanSquareDisplacement(trajectory, fix_cm=True, **kept),
            "non_gaussian": pp.NonGaussianParameter(trajectory, fix_cm=True, **kept),
            "overlap": pp.SelfOverlap(trajectory, a=overlap, fix_cm=True, **kept),
            "chi_4": pp.Chi4SelfOverlap(trajectory, a=overlap, fix_cm=True, **kept),
            "self_scattering": pp.SelfIntermediateScattering(
                trajectory, kgrid=[k], nk=40, dk=0.05, fix_cm=True, **kept
            ),
        }
        found = {}
        for name, curve in curves.items():
            curve.compute()
            values = curve.value[0] if name == "self_scattering" else curve.value
            grid = curve.grid[1] if name == "self_scattering" else curve.grid
            found[name] = [[float(t) for t in grid], [float(value) for value in values]]
    print(json.dumps({"times": times, **found}))


if __name__ == "__main__":
    main()
