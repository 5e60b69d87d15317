"""The site of the documentation: the repository's pages, and a reference made from the program itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pssglass

sys.path.insert(0, str(Path(__file__).parent))

project = "pssglass"
author = "The pssglass authors"
version = release = pssglass.__version__
root_doc = "docs/site/index"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "reference"]
include_patterns = [
    *("*.md", "docs/*.md", "docs/site/*.md", "observables/*.md", "pssglass/README.md", "db/*.md"),
    *("cpp/README.md", "tests/README.md", "tests/*/README.md", "tests/validation/*/README.md"),
]
html_theme = "furo"
html_title = f"pssglass {version}"
html_copy_source = False
smartquotes = False
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_use_rtype = False
