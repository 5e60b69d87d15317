# Finds what the core links and reads: OpenMP, Eigen, and CHOLMOD with a fast BLAS where there is one.
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
