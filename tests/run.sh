#!/usr/bin/env bash
# Everything a change must pass. Usage, after `bash install.sh test,lint`: bash tests/run.sh
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
export PATH="$bin:$PATH" OMP_NUM_THREADS=2

ruff check .
git ls-files '*.cc' '*.h' | xargs "$bin/clang-format" --dry-run --Werror
(cd tests && mypy --config-file ../pyproject.toml && python -m mypy.stubtest --allowlist stubtest-allowlist.txt pssglass._core)

build_and_ctest() {  # NAME [CMAKE OPTION...]
  local folder=build/tests-$1
  shift
  cmake -S . -B "$folder" -DPSSGLASS_BUILD_PYTHON=OFF -DPSSGLASS_BUILD_TESTS=ON -DPSSGLASS_WERROR=ON \
    -DPython_EXECUTABLE="$bin/python" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
  cmake --build "$folder" --parallel 2
  ctest --test-dir "$folder" --output-on-failure --parallel 2
}
mkdir -p build
build_and_ctest release
build_and_ctest asan -DPSSGLASS_SANITIZE=address,undefined
build_and_ctest tsan -DPSSGLASS_SANITIZE=thread -DCMAKE_CXX_COMPILER=clang++

cd tests  # elsewhere than beside the package's sources, which have no compiled extension
# Tests that need SLURM, or restart PostgreSQL, start servers of their own by slurm.sh and postgres.sh.
bash postgres.sh pytest -q --numprocesses=2 --dist=loadfile --durations=15 .
pytest -q -m slow cli/test_demo.py
