"""A wheel for other machines: libraries put in by auditwheel, and with them their licences.

repair.py WHEEL FOLDER, where the wheel was built on Debian or Ubuntu; `bash install.sh wheel` calls it.

auditwheel notes the Debian package of each library that it puts in (dist-info/sboms). From there come
dist-info/licenses, a list of the contents with where their sources are, and the wheel's licence expression:
our sources are BSD-3-Clause, the wheel is more.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

BSD = "BSD-3-Clause"
GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
LIBRARIES = {
    "libamd": BSD,
    "libcamd": BSD,
    "libccolamd": BSD,
    "libcholmod": "GPL-2.0-or-later AND LGPL-2.1-or-later",
    "libcolamd": BSD,
    "libgfortran": GCC,
    "libgomp": GCC,
    "libmetis": "Apache-2.0 AND BSD-3-Clause AND LGPL-2.1-or-later",
    "libopenblas": "BSD-3-Clause AND BSD-3-Clause-Open-MPI",  # the latter: the LAPACK in it
    "libquadmath": "LGPL-2.1-or-later",
    "libsuitesparseconfig": BSD,
}
"""Licences of what Debian's packages of these names hold; numbers of versions follow the names."""
COMMON = Path("/usr/share/common-licenses")


class Part(NamedTuple):
    """What somebody else has written of what is in the wheel, and the text of its licence."""

    name: str
    version: str
    licence: str
    source: str
    text: str


def libraries(information: Path) -> Iterator[Part]:
    """What auditwheel has put in."""
    (materials,) = (information / "sboms").glob("auditwheel.cdx.json")
    found = {one["name"]: one for one in json.loads(materials.read_text())["components"]}
    for name, one in sorted(found.items()):
        if not one["purl"].startswith("pkg:deb/"):
            continue  # the wheel itself
        licence = LIBRARIES.get(re.match(r"[a-z]+", name)[0])
        if licence is None:
            raise SystemExit(
                f"repair.py: the wheel needs {name}, whose licence it does not know: see LIBRARIES"
            )
        text = Path("/usr/share/doc", name, "copyright").read_text(encoding="utf-8")
        yield Part(name, one["version"], licence, f"apt-get source {name}={one['version']}", text)


def headers() -> Iterator[Part]:
    """What is compiled into the extension."""
    eigen, pybind = distribution("cmeel-eigen"), distribution("pybind11")
    spectra = Path("/usr/share/doc/libspectra-dev/copyright").read_text(encoding="utf-8")
    mpl = f"Eigen is under the MPL-2.0: see {COMMON}/MPL-2.0\n"
    yield Part("eigen", eigen.version, "MPL-2.0", "https://gitlab.com/libeigen/eigen", mpl)
    yield Part("spectra", "1", "MPL-2.0", "https://github.com/yixuan/spectra", spectra)
    text = pybind.read_text("licenses/LICENSE")
    yield Part("pybind11", pybind.version, BSD, "https://github.com/pybind/pybind11", text)


def write_licences(folder: Path, parts: list[Part]) -> None:
    """Each part's text, the licences that those texts point to, and a list of it all."""
    lines = ["Besides pssglass itself (LICENSE) this wheel holds: name, version, licence, source.", ""]
    for part in parts:
        (folder / part.name).mkdir()
        (folder / part.name / "copyright").write_text(part.text, encoding="utf-8")
        lines.append(f"{part.name}  {part.version}  {part.licence}  {part.source}")
    (folder / "CONTENTS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "common").mkdir()
    for name in sorted(
        {name for part in parts for name in re.findall(rf"{COMMON}/([\w-]+(?:\.\d)?)", part.text)}
    ):
        (folder / "common" / name).write_bytes((COMMON / name).read_bytes())


def state_licences(information: Path, parts: list[Part]) -> None:
    """Name every licence, and every file of licences, in the wheel's metadata."""
    licences = {BSD, *(one for part in parts for one in part.licence.split(" AND "))}
    files = sorted(one for one in (information / "licenses").rglob("*") if one.is_file())
    named = [f"License-File: {one.relative_to(information / 'licenses')}" for one in files]
    stated = "\n".join([f"License-Expression: {' AND '.join(sorted(licences))}", *named])
    metadata = information / "METADATA"
    before = f"License-Expression: {BSD}\nLicense-File: LICENSE"
    text = metadata.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise SystemExit(f"repair.py: the wheel's metadata should state its sources' licence as\n{before}")
    metadata.write_text(text.replace(before, stated), encoding="utf-8")


def main(wheel: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        subprocess.run(["auditwheel", "repair", wheel, "--wheel-dir", work], check=True)
        (repaired,) = work.glob("*.whl")
        subprocess.run(
            ["wheel", "unpack", repaired, "--dest", work / "contents"], check=True, stdout=subprocess.DEVNULL
        )
        (contents,) = (work / "contents").iterdir()
        (information,) = contents.glob("*.dist-info")
        parts = [*libraries(information), *headers()]
        if not any(part.name.startswith("libcholmod") for part in parts):
            raise SystemExit(
                "repair.py: the wheel has no CHOLMOD: install libsuitesparse-dev and libopenblas-dev"
            )
        write_licences(information / "licenses", parts)
        state_licences(information, parts)
        folder.mkdir(exist_ok=True)
        subprocess.run(
            ["wheel", "pack", contents, "--dest-dir", folder], check=True, stdout=subprocess.DEVNULL
        )
        print(folder / repaired.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
