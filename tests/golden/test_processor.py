"""Samples do not depend on the vector units of a processor, of which README.md tells."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "pssglass"
MAKES_SAMPLES = ("base", "models", "engine.py", "configurations", "simulation", "campaigns")
WITH_AVX512_DIFFERENT = {
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "power", "cbrt"),
    *("tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "arctanh"),
}
"""Functions of NumPy whose last bit differs where there is AVX-512; those of ``math`` do not know it."""


def functions_of_numpy(source: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "np"
    }


def test_what_makes_samples_uses_no_function_that_depends_on_the_processor() -> None:
    sources = [
        path
        for name in MAKES_SAMPLES
        for path in ([PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).rglob("*.py"))
    ]
    assert len(sources) > len(MAKES_SAMPLES)
    used = {str(path): functions_of_numpy(path.read_text()) & WITH_AVX512_DIFFERENT for path in sources}
    assert {path: names for path, names in used.items() if names} == {}


def test_such_a_function_is_noticed() -> None:
    assert functions_of_numpy("edge = np.cbrt(volume)") & WITH_AVX512_DIFFERENT == {"cbrt"}
