// The list of interacting pairs of one configuration: what analysis works on.
#pragma once

#include "base/aligned_memory.h"
#include "particles/system.h"

namespace pssglass {

/// One interacting pair i < j: separation r_j − r_i (minimum image) and its square.
struct Pair {
  int i, j;
  Vec3 separation;
  double r2;
};

using Pairs = AlignedVector<Pair>;

/// All pairs closer than their cutoff, sorted by (i, j). Throws as validate(system, potential) does.
Pairs interacting_pairs(const System& system, const Potential& potential);

}  // namespace pssglass
