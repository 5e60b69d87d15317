"""The liquids and glasses that both sides work on, made once and kept in the benchmark's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import pssglass as pg
from pssglass import engine
from pssglass.configurations import Configuration, read_configuration

TEMPERATURE = 1.0
THREADS = engine.build_info()["threads"]


def liquid(model: pg.Model, N: int, folder: Path, seed: int = 1, time: float = 10.0) -> Configuration:
    """A liquid at T = 1 with its velocities."""
    path = folder / f"liquid_{model.hash[:8]}_{N}_{seed}.gsd"
    if not path.exists():
        created = pg.Liquid.create(model, N=N, temperature=TEMPERATURE, seed=seed, threads=THREADS)
        created.run(time=time)
        created.write(path)
    return read_configuration(path, model.species)


def glass(model: pg.Model, N: int, folder: Path, seed: int = 1) -> Configuration:
    """The inherent state that the fast quench reaches from ``liquid``."""
    path = folder / f"glass_{model.hash[:8]}_{N}_{seed}.gsd"
    if not path.exists():
        start = liquid(model, N, folder, seed)
        pg.Glass.quenched(model, start, method="fast", threads=THREADS).write(path)
    return read_configuration(path, model.species)


def tiled(model: pg.Model, copies: int, folder: Path, seed: int = 1) -> Configuration:
    """copies³ periodic images of a liquid of 1000 particles in one box, with velocities of their own."""
    cell = liquid(model, 1000, folder, seed)
    edge = cell.box[:3]
    shifts = np.stack(np.meshgrid(*[np.arange(copies)] * 3, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    positions = (cell.positions + edge / 2 + shifts * edge - copies * edge / 2).reshape(-1, 3)
    N = len(positions)
    velocities = np.random.default_rng(seed).normal(scale=np.sqrt(TEMPERATURE / model.mass), size=(N, 3))
    return Configuration(
        kind="liquid",
        positions=positions,
        box=np.array([*(copies * edge), 0.0, 0.0, 0.0]),
        species=np.tile(cell.species, copies**3),
        species_names=model.species,
        velocities=velocities - velocities.mean(axis=0),
    )
