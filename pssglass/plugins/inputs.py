"""What values of ensembles and models are found from, in a digest that changes with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

from pssglass.base.canonical import digest
from pssglass.base.results import EnsembleData
from pssglass.plugins.evaluation import full_parameters
from pssglass.plugins.protocol import JSON, Observable, used_by

T = TypeVar("T")


class Asked(Sequence[T]):
    """A sequence that knows whether anybody has asked it for anything."""

    def __init__(self, items: Sequence[T]) -> None:
        self._items = items
        self.was_asked = False

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        self.was_asked = True
        return self._items[index]

    def __len__(self) -> int:
        self.was_asked = True
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        self.was_asked = True
        return iter(self._items)


class Inputs:
    """Digests of what observables of ensembles and models are found from.

    That is the observable with its release and parameters, what is measured of the samples of all ensembles
    that it is given, and what it requires or uses of observables of ensembles and models, by their digests.
    """

    def __init__(
        self,
        observables: Sequence[Observable],
        parameters: Mapping[str, Mapping[str, JSON]],
        samples: Mapping[str, str],
        releases: Mapping[str, str],
    ) -> None:
        self._observables = {one.name: one for one in observables}
        self._parameters = parameters
        self._samples = samples
        self._releases = releases
        self._found: dict[str, dict[str, str]] = {}

    def note(self, observable: str, results: Iterable[tuple[Sequence[str], str]]) -> None:
        """Remember the digests of what an observable has found, each with the ensembles that it is of."""
        for members, inputs in results:
            for member in members:
                self._found.setdefault(member, {})[observable] = inputs

    def digest(
        self,
        observable: str,
        subject: str,
        ensembles: Sequence[EnsembleData],
        peers: Sequence[EnsembleData] | None = None,
    ) -> str:
        """Of what an observable is found from; empty where something of it is not known.

        Without ``peers`` it has not asked for them, which is another thing than that there are none.
        """
        before = self._before(observable)
        groups = [
            [(one.name, self._samples.get(one.name, ""), self._of(one, before)) for one in group]
            for group in (ensembles, *([] if peers is None else [peers]))
        ]
        if not all(samples and all(found.values()) for group in groups for _, samples, found in group):
            return ""
        one = self._observables[observable]
        given = full_parameters(one, self._parameters.get(observable))
        return digest([observable, one.version, self._releases.get(observable), given, subject, groups])

    def _of(self, ensemble: EnsembleData, before: Iterable[str]) -> dict[str, str]:
        found = self._found.get(ensemble.name, {})
        return {name: found[name] for name in before if name in found}

    def _before(self, observable: str) -> list[str]:
        """What it requires or uses of ensembles and models, and what these do."""
        one = self._observables[observable]
        names: dict[str, None] = {}
        for name in (*one.requires, *used_by(one)):
            if name in self._observables and self._observables[name].level != "sample":
                names |= dict.fromkeys([*self._before(name), name])
        return list(names)
