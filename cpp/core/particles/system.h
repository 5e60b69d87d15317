// A configuration: where the particles are, of which species or diameters, in which box.
#pragma once

#include "base/vectors.h"
#include "particles/box.h"
#include "potential/potential.h"

namespace pssglass {

struct System {
  Box box;
  Vectors positions;
  Species species;
  /// One for each particle where the potential scales by them, else empty.
  std::vector<double> diameters = {};

  std::size_t size() const { return positions.size(); }
};

/// Throws InvalidArgument unless arrays match, species exist in the potential, diameters are positive and
/// give pairs of positive length, and all positions are finite and no more than 1e9 boxes away; throws
/// BoxTooSmall where the box is narrower than two cutoffs.
void validate(const System& system, const Potential& potential);

}  // namespace pssglass
