// What this build is made of and what it found on this machine.
#pragma once

#include <string>

namespace pssglass {

struct BuildInfo {
  std::string compiler, simd, solver, blas, eigen;
};

BuildInfo build_info();

}  // namespace pssglass
