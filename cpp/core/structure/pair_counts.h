// Pairs of particles by their distance: what the pair correlation function is made of.
#pragma once

#include <cstdint>

#include "particles/system.h"

namespace pssglass {

/// Numbers of pairs closer than `range` in `bins` of equal width, for each pair of `kinds` species: those of
/// 0 with 0, 0 with 1, …, 1 with 1, …; every pair of particles counts once, at its nearest image. Throws
/// InvalidArgument where arrays do not match, positions are not finite, a species does not exist, there is
/// no bin, or the range is not positive or more than half of the box's narrowest width.
std::vector<std::int64_t> pair_counts(const Box& box, const Vectors& positions, const Species& species,
                                      int kinds, double range, int bins);

}  // namespace pssglass
