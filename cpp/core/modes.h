// The lowest vibrational modes, M·ψ = λ·ψ, with λ = ω² for unit mass.
#pragma once

#include <functional>

#include "hessian.h"
#include "linalg.h"

namespace pssglass {

/// x ↦ P·M⁺·x for each column.
using PseudoInverse = std::function<Matrix(ConstMatrixView)>;

struct Modes {
  Vector eigenvalues;           ///< ascending, the three translations left out
  Matrix vectors;               ///< 3N × k, unit norm
  Vector participation_ratios;  ///< e = (Σψ_i²)² / (N Σ(ψ_i²)²) [paper, Eq. A10]
  Vector residuals;             ///< ‖M·ψ − λ·ψ‖
  bool converged = false;       ///< false: some residuals are above what was asked
};

/// The `count` lowest modes by Lanczos on x ↦ P·M⁺·x, P projecting translations out; relative `tolerance`.
/// Throws InvalidArgument unless 1 ≤ count ≤ 3N − 4.
Modes lowest_modes(const Hessian& hessian, const PseudoInverse& inverse, int count, double tolerance);

}  // namespace pssglass
