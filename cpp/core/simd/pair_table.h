// The potential as the kernels read it.
#pragma once

#include "potential/potential.h"
#include "simd/kernels.h"

namespace pssglass {

/// `length` is the edge of the cubic box whose fractions mixed precision works with. Throws InvalidArgument
/// for more than kMaxSpecies species.
PairTable pair_table(const Potential& potential, double length);

/// The tag of a particle's record: a number whose words hold 2s and 2s + 1 in their lowest bits, the
/// permutation that looks up entry s of a row of doubles. Adding zero leaves it unchanged.
double species_tag(int species);

/// The tag of fractions that stand for no particle.
inline constexpr std::int32_t kNoParticle = 1;

}  // namespace pssglass
