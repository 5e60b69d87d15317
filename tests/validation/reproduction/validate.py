"""A campaign made and measured, its values written, and what they say of the paper; see README.md."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import claims
import glasses
import questions

HERE = Path(__file__).parent


def main() -> None:
    """Run a campaign in a folder, or go on there, and write the values of its glasses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("campaign", choices=("table1", "low-frequency", "pressure", "swap"))
    parser.add_argument("folder", type=Path, help="where the database is, or will be")
    parser.add_argument("--seed", type=int, required=True, help="of the campaign: one for each database")
    parser.add_argument("--lineages", type=int, required=True, help="how many; more may be asked for later")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only-write", action="store_true", help="the values that are there")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    database = options.folder / f"{options.campaign}-{options.seed}.db"
    if not options.only_write:
        for command in ("simulate", "analyze"):
            run(command, options, database)
    glasses.VALUES.mkdir(exist_ok=True)
    glasses.write(database, glasses.VALUES / database.stem)
    (claims if options.campaign in claims.CAMPAIGNS else questions).main()


def campaign(options: argparse.Namespace) -> Path:
    """The campaign file with this seed and so many lineages, beside the database."""
    text = (HERE / f"{options.campaign}.toml").read_text()
    for key in ("seed", "lineages"):
        text = re.sub(rf"^{key} = \d+$", f"{key} = {getattr(options, key)}", text, flags=re.MULTILINE)
    path: Path = options.folder / f"{options.campaign}-{options.seed}.toml"
    path.write_text(text)
    return path


def run(command: str, options: argparse.Namespace, database: Path) -> None:
    """A command on the campaign."""
    arguments = [str(campaign(options)), "--db", str(database), "--workers", str(options.workers)]
    subprocess.run([sys.executable, "-P", "-m", "pssglass", command, *arguments], check=True)


if __name__ == "__main__":
    main()
