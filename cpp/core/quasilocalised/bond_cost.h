// The cost function whose minima are pseudo-harmonic modes.
#pragma once

#include "base/columns.h"
#include "particles/pairs.h"

namespace pssglass {

/// Of a field z: κ = z·M·z, and S = Σ (z_ij·z_ij)² over pairs, z_ij = z_j − z_i.
struct BondSums {
  double stiffness = 0, squares = 0;
};

/// ln C, C = κ²/S, and its gradient [Richard et al., doi:10.1103/PhysRevLett.126.015501; convention of the
/// package softspot: each pair counts once]. Neither changes when z is multiplied by a number or translated.
class BondCost {
 public:
  BondCost(std::size_t particles, const Pairs& pairs) : particles_(particles), pairs_(pairs) {}

  Eigen::Index components() const { return static_cast<Eigen::Index>(3 * particles_); }
  /// κ and S; M·z and ¼ ∂S/∂z are written to the columns.
  BondSums sums(const Vector& z, Vector& force, Vector& quarter) const;
  /// ln C and its gradient; infinite where κ is not positive.
  double evaluate(const Vector& z, Vector& gradient);

 private:
  std::size_t particles_;
  const Pairs& pairs_;
  Vector quarter_;
};

}  // namespace pssglass
