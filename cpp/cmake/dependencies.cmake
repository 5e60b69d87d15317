# Finds what the core links and reads: OpenMP, Eigen, Spectra, and CHOLMOD with a fast BLAS where there is one.
find_package(OpenMP REQUIRED COMPONENTS CXX)

# The build requirement `cmeel-eigen` unpacks Eigen below site-packages/cmeel.prefix.
find_package(Python 3.11 COMPONENTS Interpreter QUIET)
if(Python_EXECUTABLE)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -c
            "import sysconfig, sys, os; print(';'.join(os.path.join(p, 'cmeel.prefix') for p in sys.path + [sysconfig.get_path('purelib')] if os.path.isdir(os.path.join(p, 'cmeel.prefix'))))"
    OUTPUT_VARIABLE cmeel_prefix OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(PREPEND CMAKE_PREFIX_PATH ${cmeel_prefix})
endif()
find_package(Eigen3 3.4 REQUIRED NO_MODULE)

# Headers only: of the system, else of a pinned release.
find_path(SPECTRA_INCLUDE_DIR Spectra/SymEigsSolver.h)
if(NOT SPECTRA_INCLUDE_DIR)
  set(spectra_commit bdd707b9a872bb17622696ed3cca2a27b743a5b7) # v1.0.1
  set(spectra_folder ${CMAKE_BINARY_DIR}/spectra-${spectra_commit})
  message(STATUS "Spectra not found: fetching it from GitHub")
  file(MAKE_DIRECTORY ${spectra_folder})
  execute_process(COMMAND git init -q . WORKING_DIRECTORY ${spectra_folder} ERROR_QUIET)
  execute_process(COMMAND git fetch -q --depth 1 https://github.com/yixuan/spectra ${spectra_commit}
                  WORKING_DIRECTORY ${spectra_folder} ERROR_QUIET)
  execute_process(COMMAND git checkout -q ${spectra_commit} WORKING_DIRECTORY ${spectra_folder} ERROR_QUIET)
  find_path(SPECTRA_INCLUDE_DIR Spectra/SymEigsSolver.h PATHS ${spectra_folder}/include NO_DEFAULT_PATH)
endif()
if(NOT SPECTRA_INCLUDE_DIR)
  message(FATAL_ERROR "Spectra not found, and GitHub cannot be reached: install libspectra-dev (Debian, Ubuntu), "
                      "or unpack it and set SPECTRA_INCLUDE_DIR to its folder `include`.")
endif()

find_path(CHOLMOD_INCLUDE_DIR cholmod.h PATH_SUFFIXES suitesparse)
find_library(CHOLMOD_LIBRARY cholmod)
set(BLA_VENDOR OpenBLAS)
find_package(BLAS QUIET)
if(CHOLMOD_INCLUDE_DIR AND CHOLMOD_LIBRARY AND BLAS_FOUND)
  set(PSSGLASS_CHOLMOD ON)
else()
  set(PSSGLASS_CHOLMOD OFF)
  message(WARNING "CHOLMOD with OpenBLAS not found: falling back to Eigen's Cholesky, about 50 times slower. "
                  "Install libsuitesparse-dev and libopenblas-dev.")
endif()
