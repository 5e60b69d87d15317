// Energy, forces and stress of a configuration, evaluated pair by pair in plain double precision: the
// reference that every faster path is tested against, and the evaluation that certifies an inherent state.
#pragma once

#include "particles/pairs.h"

namespace pssglass {

struct ForceField {
  double energy = 0;
  Vectors forces;
  /// Σ_pairs f⊗r / V, positive for repulsion; the potential part of the pressure is trace/3.
  Tensor stress;
};

ForceField evaluate(const System& system, const Potential& potential);
ForceField evaluate(const System& system, const Pairs& pairs);

/// Largest magnitude of a force vector; not-a-number where one is.
double max_norm(const Vectors& forces);

}  // namespace pssglass
