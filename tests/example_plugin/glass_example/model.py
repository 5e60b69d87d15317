"""Repulsive mixtures."""

from __future__ import annotations

from pssglass.models import Model, inverse_powers


def Repulsive(*, n: int = 12) -> Model:  # noqa: N802
    """Equal parts of small and large particles that repel each other as x^-n, at density 1."""
    return Model(
        name="repulsive",
        parameters={"n": n},
        species=("A", "B"),
        composition=(0.5, 0.5),
        number_density=1.0,
        mass=1.0,
        energies=((1.0, 1.0), (1.0, 1.0)),
        lengths=((0.9, 1.0), (1.0, 1.1)),
        form=inverse_powers((n,), (1.0,), cutoff=1.6, smoothing=2),
    )
