// The lowest vibrational modes, M·ψ = λ·ψ, with λ = ω² for unit mass.
#pragma once

#include "mechanics/block_lanczos.h"
#include "mechanics/hessian.h"

namespace pssglass {

struct Modes {
  Vector eigenvalues;           ///< ascending, the three translations left out
  Matrix vectors;               ///< 3N × k, unit norm
  Vector participation_ratios;  ///< e = (Σψ_i²)² / (N Σ(ψ_i²)²) [paper, Eq. A10]
  Vector residuals;             ///< ‖M·ψ − λ·ψ‖
  bool converged = false;       ///< false: some residuals are above what was asked
};

/// The `count` lowest modes, by Lanczos iteration on `inverse`, x ↦ P·M⁺·x with P projecting translations
/// out, to residuals ‖M⁺·ψ − ψ/λ‖ of at most tolerance/λ. Throws InvalidArgument unless 1 ≤ count ≤ 3N − 3.
Modes lowest_modes(const Hessian& hessian, const LinearOperator& inverse, int count, double tolerance);

}  // namespace pssglass
