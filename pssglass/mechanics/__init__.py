"""Inherent states, their certificates, and the linear algebra of a glass."""
