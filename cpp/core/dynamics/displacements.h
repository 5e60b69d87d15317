// What the displacements of particles between two times say of a liquid's dynamics.
#pragma once

#include <span>

#include "base/vectors.h"

namespace pssglass {

/// Where displacements are looked at.
struct DisplacementScales {
  double wave_number = 0;       ///< k of the self-intermediate scattering function
  double overlap_distance = 0;  ///< a of the overlap
};

/// Sums over the particles of one species, of displacements Δr relative to the mean one of all particles.
struct DisplacementSums {
  double squared = 0;     ///< Σ|Δr|²
  double quartic = 0;     ///< Σ|Δr|⁴
  double overlap = 0;     ///< number with |Δr| < a
  double scattering = 0;  ///< Σ sin(k|Δr|)/(k|Δr|), which is cos(k·Δr) averaged over all directions of k
};

/// The sums of each of `kinds` species. Positions are unwrapped, and of equal masses. Sums are in blocks of
/// fixed size. Throws InvalidArgument where arrays do not match, a species does not exist, or a scale is not
/// positive.
std::vector<DisplacementSums> displacement_sums(std::span<const Vec3> before, std::span<const Vec3> after,
                                                const Species& species, int kinds,
                                                const DisplacementScales& scales);

}  // namespace pssglass
