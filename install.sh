#!/usr/bin/env bash
# Installs system packages (Debian, Ubuntu) and pssglass into .venv. Usage: bash install.sh [EXTRA,...] [--editable]
# --editable: to work on it; Python files are used where they are, and the extension is rebuilt when it is imported.
set -euo pipefail
cd "$(dirname "$0")"
[[ ${2:-} =~ ^(--editable)?$ ]] || { echo "$0: '$2' is unknown; take --editable" >&2; exit 2; }

packages=(g++ git make python3-dev python3-venv libsuitesparse-dev libopenblas-dev libspectra-dev)
if [[ ,${1:-}, == *,test,* ]]; then
  packages+=(doctest-dev clang libclang-rt-dev libomp-dev postgresql slurm-wlm munge openssl chromium-headless-shell)
fi
missing=()
for package in "${packages[@]}"; do
  [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *"ok installed" ]] || missing+=("$package")
done
if ((${#missing[@]})); then
  as_root=$([[ $(id -u) == 0 ]] || command -v sudo) || {
    echo "Missing system packages: ask an administrator for apt-get install ${missing[*]}" >&2
    exit 1
  }
  $as_root apt-get -q update
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}"
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "pssglass needs Python >= 3.11" >&2; exit 1; }
[[ -x .venv/bin/pip ]] || python3 -m venv .venv
.venv/bin/pip install -q --upgrade pip
if [[ ${2:-} == --editable ]]; then
  # The requirements of the build stay, as it is done again and again.
  .venv/bin/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "cmake", "ninja", sep="\n")' |
    .venv/bin/pip install -q -r /dev/stdin
  .venv/bin/pip install -q --no-build-isolation -C editable.rebuild=true -C editable.verbose=false -C build-dir=build/editable -e ".${1:+[$1]}"
else
  .venv/bin/pip install -q ".${1:+[$1]}"
fi
echo "Installed: $PWD/.venv/bin/pssglass"
