"""SQL recipes for users, read from ``cookbook.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

_RECIPE = re.compile(r"^(?P<title>[^\n]+):\n```sql\n(?P<sql>.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """A question, and the query that answers it."""

    title: str
    sql: str

    @property
    def name(self) -> str:
        """Short name of letters, digits and hyphens, for addresses."""
        short = re.split(r"[,(]", self.title)[0]
        return "-".join(re.findall(r"[a-z0-9]+", short.lower()))


def cookbook() -> str:
    """The page with all recipes, Markdown."""
    return resources.files(__package__).joinpath("cookbook.md").read_text(encoding="utf-8")


def recipes() -> list[Recipe]:
    """All of them, in the order of the page."""
    return [Recipe(_plain(one["title"]), one["sql"]) for one in _RECIPE.finditer(cookbook())]


def _plain(text: str) -> str:
    """Without links, remarks that are nothing else, and the marks of code."""
    text = re.sub(r" \(\[[^\]]*\]\([^)]*\)\)", "", text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("`", "")
