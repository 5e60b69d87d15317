#include "base/parallel.h"
#include "exports.h"
#include "mechanics/build_info.h"

namespace pssglass::bind {

namespace py = pybind11;

void export_info(py::module_& m) {
  m.def(
      "build_info",
      [] {
        const BuildInfo info = build_info();
        py::dict out;
        out["version"] = PSSGLASS_VERSION;
        out["revision"] = PSSGLASS_REVISION;
        out["compiler"] = info.compiler;
        out["flags"] = PSSGLASS_FLAGS;
        out["simd"] = info.simd;
        out["threads"] = available_threads();
        out["solver"] = info.solver;
        out["blas"] = info.blas;
        out["eigen"] = info.eigen;
        return out;
      },
      "Version, compiler, SIMD level in use, threads, solver and BLAS.");
}

}  // namespace pssglass::bind
