// Particles at the same place: no potential has a finite force for them, so every evaluation would be lost.
#pragma once

#include "particles/pairs.h"

namespace pssglass {

/// Throws InvalidArgument where two particles are closer than 1e-7 of the cutoff, which no trajectory brings
/// about: a file that was rounded or damaged does.
void require_apart(const Pairs& pairs, double cutoff);

}  // namespace pssglass
