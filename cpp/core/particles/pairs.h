// The interacting pairs of one configuration, with their terms: what analysis works on.
#pragma once

#include "base/aligned_memory.h"
#include "particles/near_pairs.h"
#include "particles/system.h"

namespace pssglass {

/// One interacting pair and what it contributes.
struct Pair : NearPair, PairTerms {};
static_assert(sizeof(Pair) == 64);  // one line of the cache

using Pairs = AlignedVector<Pair>;

/// All pairs closer than their cutoff, sorted by (i, j). Throws as validate(system, potential) does.
Pairs interacting_pairs(const System& system, const Potential& potential);

}  // namespace pssglass
