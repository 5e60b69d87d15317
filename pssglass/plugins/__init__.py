"""Observables from entry points: the protocol, finding them, computing them, putting them together."""
