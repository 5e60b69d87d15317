// A minimum of the energy, followed as the box deforms: athermal quasistatic deformation.
#pragma once

#include <optional>

#include "deformation/deformation.h"
#include "particles/system.h"

namespace pssglass {

/// A configuration with balanced forces at a strain, and how it answers to more of it.
struct StrainedState {
  double strain = 0;
  Box box;
  Vectors positions;
  double energy = 0;
  double stress = 0;     ///< ∂U/∂γ / V
  double max_force = 0;  ///< by the reference evaluation
  /// dx/dγ = L·x + tangent along the branch: tangent = −M⁺·Ξ.
  Vectors tangent = {};
  double modulus = 0;  ///< dσ/dγ = (U_γγ − Ξ·M⁺·Ξ)/V
  /// Conjugate gradients for the tangent met no direction in which the energy does not curve upward.
  bool positive = false;
};

class Quasistatic {
 public:
  /// `initial` has strain zero. States are followed to max|F| < tolerance.
  Quasistatic(System initial, Potential potential, const Deformation& deformation, double tolerance,
              int threads);

  /// Throws BoxTooSmall where it is narrower than two cutoffs.
  Box box_at(double strain) const;
  /// The affine image of positions at one strain, at another.
  Vectors moved(const Vectors& positions, double by) const;

  /// What these positions are at that strain.
  StrainedState state(double strain, Vectors positions) const;
  /// The state's own branch at another strain, by Newton's method from x + tangent·Δγ or else from the affine
  /// image; none where neither reaches a minimum.
  std::optional<StrainedState> follow(const StrainedState& from, double strain) const;

 private:
  System system_at(double strain, Vectors positions) const;
  /// From x + part·tangent·Δγ.
  std::optional<StrainedState> follow(const StrainedState& from, double strain, double part) const;

  System initial_;
  Potential potential_;
  Deformation deformation_;
  double tolerance_;
  int threads_;
};

}  // namespace pssglass
