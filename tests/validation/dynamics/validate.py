"""F_s, MSD, α2, Q and χ4 of one trajectory by the engine, freud and atooms-pp.

python validate.py FOLDER [PYTHON]

PYTHON is that of an environment with atooms-pp; without it atooms-pp is left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import freud
import numpy as np
import numpy.typing as npt

import pssglass as pg
from pssglass import engine
from pssglass.analysis.displacements import non_gaussian

Floats = npt.NDArray[np.float64]
SEED, N, T, STEP, EVERY, FRAMES = 11, 500, 1.0, 0.004, 10, 400
K, OVERLAP = 7.25, 0.3
LAGS = (1, 2, 4, 8, 16, 32, 64, 128)


def trajectory(frames: int, equilibration: float = 40.0) -> tuple[Floats, Floats]:
    """Unwrapped positions (frames, N, 3) of an equilibrated Kob-Andersen liquid, and its box."""
    liquid = pg.Liquid.create(pg.KABLJ(), N, T, SEED, melt_temperature=4.0, melt_time=2.0)
    liquid.run(equilibration, STEP)
    wanted = [EVERY * number for number in range(frames)]
    run = liquid.run(STEP * EVERY * frames, STEP, "svr", frames=wanted)
    assert run.frames is not None
    return run.frames.positions, liquid.box


def ours(positions: Floats) -> dict[str, Floats]:
    """Over all origins."""
    curves: dict[str, list[float]] = {}
    for lag in LAGS:
        pairs = [(first, first + lag) for first in range(len(positions) - lag)]
        sums = (
            engine.displacement_sums(list(positions), pairs, np.zeros(N, np.int32), 1, K, OVERLAP)[:, 0] / N
        )
        squared, _, overlap, scattering = sums.mean(axis=0)
        values = {
            "squared_displacement": squared,
            "non_gaussian": float(np.mean(non_gaussian(sums[:, 0], sums[:, 1]))),  # as atooms-pp has it
            "overlap": overlap,
            "chi_4": N * float(np.var(sums[:, 2])),
            "self_scattering": scattering,
        }
        for key, value in values.items():
            curves.setdefault(key, []).append(value)
    return {key: np.array(values) for key, values in curves.items()}


def by_freud(positions: Floats, box: Floats) -> Floats:
    """The MSD over all origins, without the motion of the centre of mass."""
    centred = positions - positions.mean(axis=1, keepdims=True)
    found = freud.msd.MSD(freud.box.Box(*box), "window").compute(centred)
    return np.asarray(found.msd, dtype=np.float64)[list(LAGS)]


def by_atooms(positions: Floats, box: Floats, folder: Path, python: str) -> dict[str, Any]:
    """All curves."""
    path = folder / "trajectory.xyz"
    with path.open("w") as out:
        for number, frame in enumerate(positions):
            wrapped = frame - box[:3] * np.round(frame / box[:3])
            out.write(
                f"{N}\nstep:{EVERY * number} dt:{STEP} columns:id,pos cell:{box[0]},{box[1]},{box[2]}\n"
            )
            out.writelines(f"A {x:.12f} {y:.12f} {z:.12f}\n" for x, y, z in wrapped)
    script = Path(__file__).resolve().with_name("atooms_curves.py")
    command = [python, str(script), str(path.resolve()), str(K), str(OVERLAP), *map(str, LAGS)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the curves side by side."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    positions, box = trajectory(FRAMES)
    own, msd = ours(positions), by_freud(positions, box)
    theirs = by_atooms(positions, box, folder, sys.argv[2]) if len(sys.argv) > 2 else {}
    largest = np.max(np.abs(own["squared_displacement"] / msd - 1.0))
    print(f"MSD by freud: largest relative difference {largest:.1e}")
    for key, curve in own.items():
        if key not in theirs:
            continue
        grid, values = (np.array(one) for one in theirs[key])
        print(f"\n{key} (time, here, atooms-pp)")
        for lag, value in zip(LAGS, curve, strict=True):
            time = lag * EVERY * STEP
            nearest = int(np.argmin(np.abs(grid - time)))
            print(f"{time:8.3f} {value:12.6f} {values[nearest]:12.6f}   (at {grid[nearest]:.3f})")


if __name__ == "__main__":
    main()
