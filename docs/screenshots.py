"""The pictures of docs/browsing.md, by a headless browser: python docs/screenshots.py DATABASE FOLDER."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

PSSGLASS = (sys.executable, "-m", "pssglass")
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
SIZE = (1200, 800)


def main(database: Path, folder: Path) -> None:
    """Write browse.png and report.png."""
    with tempfile.TemporaryDirectory() as place:
        page = Path(place) / "report.html"
        subprocess.run([*PSSGLASS, "report", "--db", database, "-o", page], check=True, capture_output=True)
        take(page.as_uri(), folder / "report.png")
    view = f"{database.stem}/v_ensembles?key=shear_modulus"
    command = [*PSSGLASS, "browse", "--db", database, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            take(server.stdout.readline().strip() + view, folder / "browse.png")
        finally:
            server.send_signal(signal.SIGINT)


def take(address: str, picture: Path) -> None:
    """A picture of the top of a page."""
    options = [*OPTIONS, f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={picture}"]
    subprocess.run([browser(), *options, address], check=True, capture_output=True)


def browser() -> str:
    """The first there is of the browsers that can do it; SystemExit if there is none."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return found
    raise SystemExit(f"pictures of pages need a browser: install one of {', '.join(BROWSERS)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
