#!/usr/bin/env bash
# What a change must pass, in parts. Usage, after `bash install.sh test,lint`: bash tests/run.sh [PART...]
#
#   lint     style, types, the extension's stub              1 min
#   cpp      C++ tests: release, ASan + UBSan, TSan          8 min
#   unit     Python tests that need no server               15 min
#   servers  Python tests beside PostgreSQL and SLURM        7 min
#   wheel    a wheel, installed alone: demo, plugins         3 min
#   slow     everything marked slow                          hours; only when asked for
#
# Without arguments: all but slow, lint and cpp beside the others. Times are those of two quiet cores.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
export PATH="$bin:$PATH" OMP_NUM_THREADS=2

lint() (
  ruff check .
  ruff format --check pssglass observables db tests
  git ls-files '*.cc' '*.h' | xargs "$bin/clang-format" --dry-run --Werror
  # In the installed layout, which an editable install has on no disk.
  local layout=$PWD/build/layout/pssglass
  rm -rf "$layout" && mkdir -p "$layout"
  ln -s "$PWD"/pssglass/* "$PWD/db" "$PWD/observables" "$layout"
  # Packages that are written for authors of plugins have types, too.
  rm -rf build/new
  for kind in observable figure model stage; do "$bin/pssglass" new "$kind" "my_$kind" --folder build/new >/dev/null 2>&1; done
  export MYPYPATH=$PWD/build/layout
  cd tests
  mypy --config-file ../pyproject.toml
  mypy --config-file ../pyproject.toml ../build/new/*/*.py
  python -m mypy.stubtest --allowlist stubtest-allowlist.txt pssglass._core
)

build_and_ctest() {  # NAME [CMAKE OPTION...]
  local folder=build/tests-$1
  shift
  cmake -S . -B "$folder" -DPSSGLASS_BUILD_PYTHON=OFF -DPSSGLASS_BUILD_TESTS=ON -DPSSGLASS_WERROR=ON \
    -DPython_EXECUTABLE="$bin/python" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
  cmake --build "$folder" --parallel 2
  ctest --test-dir "$folder" --output-on-failure --parallel 2
}

cpp() {
  mkdir -p build
  build_and_ctest release
  build_and_ctest asan -DPSSGLASS_SANITIZE=address,undefined -DCMAKE_CXX_COMPILER=clang++
  build_and_ctest tsan -DPSSGLASS_SANITIZE=thread -DCMAKE_CXX_COMPILER=clang++
}

# From tests/, which is elsewhere than beside the package's sources: those have no compiled extension.
run_pytest() { (cd tests && "$@"); }
# Files in the order of conftest.py: else those with few tests, which are the longest, come last.
# A test that hangs fails after a quarter of an hour, which the slowest machine does not need for any of them.
in_two=(pytest -q --numprocesses=2 --dist=loadfile --no-loadscope-reorder --durations=15 --timeout=900)
unit() { run_pytest "${in_two[@]}" -m "not slow and not servers and not wheel" .; }
# Tests that need SLURM, or restart PostgreSQL, start servers of their own by slurm.sh and postgres.sh.
servers() { run_pytest bash postgres.sh "${in_two[@]}" -m "servers and not slow" .; }
wheel() {
  bash install.sh wheel
  run_pytest pytest -q -m wheel wheel
}
slow() { run_pytest bash postgres.sh pytest -q -m slow .; }

# Compilers use the time in which tests of commands wait; in a process group of its own, which ends with this script.
all_but_slow() {
  local log=$PWD/build/lint-and-cpp.log others=0 beside=0
  mkdir -p build
  set -m
  bash tests/run.sh lint cpp >"$log" 2>&1 </dev/null &
  set +m
  trap "kill -- -$! 2>/dev/null || true" EXIT
  bash tests/run.sh unit servers wheel || others=$?
  wait $! || beside=$?
  echo "== lint and cpp, beside those above:"
  cat "$log"
  return $((others || beside))
}

parts=("$@")
((${#parts[@]})) || parts=(all_but_slow)
for part in "${parts[@]}"; do
  case $part in
    lint | cpp | unit | servers | wheel | slow | all_but_slow) ;;
    *) echo "$0: no part '$part'; take some of lint cpp unit servers wheel slow" >&2; exit 2 ;;
  esac
done
for part in "${parts[@]}"; do
  SECONDS=0
  $part
  echo "== $part: passed in $SECONDS s"
done
