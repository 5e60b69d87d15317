#include "mechanics/build_info.h"

#include <Eigen/Core>

#include "simd/dispatch.h"

#ifdef PSSGLASS_CHOLMOD
#include <cholmod.h>
extern "C" char* openblas_get_config();
#endif

namespace pssglass {
namespace {

std::string dotted(int major, int minor, int patch) {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

std::string simd_name(Simd simd) {
  switch (simd) {
    case Simd::avx512:
      return "AVX-512";
    case Simd::avx2:
      return "AVX2";
    default:
      return "baseline";
  }
}

}  // namespace

BuildInfo build_info() {
  const std::string eigen = dotted(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  BuildInfo info{compiler(), simd_name(default_simd()), "Eigen " + eigen + " SimplicialLLT (slow fallback)",
                 "none", eigen};
#ifdef PSSGLASS_CHOLMOD
  info.solver = "CHOLMOD " + dotted(CHOLMOD_MAIN_VERSION, CHOLMOD_SUB_VERSION, CHOLMOD_SUBSUB_VERSION);
  info.blas = openblas_get_config();
#endif
  return info;
}

}  // namespace pssglass
