// The lowest vibrational modes, M·ψ = λ·ψ, with λ = ω² for unit mass.
#pragma once

#include "mechanics/block_lanczos.h"
#include "mechanics/completeness.h"
#include "mechanics/hessian.h"

namespace pssglass {

struct Modes {
  Vector eigenvalues;           ///< ascending, the three translations left out
  Matrix vectors;               ///< 3N × k, unit norm
  Vector participation_ratios;  ///< e = (Σψ_i²)² / (N Σ(ψ_i²)²) [paper, Eq. A10]
  Vector residuals;             ///< ‖M·ψ − λ·ψ‖
  bool converged = false;       ///< false: some residuals are above what was asked
};

/// Block Lanczos, or Spectra's restarted Lanczos method.
enum class Eigensolver { block, spectra };

/// The `count` lowest modes, by Lanczos iteration on `inverse`, x ↦ P·M⁺·x with P projecting translations
/// out, to residuals ‖M⁺·ψ − ψ/λ‖ of at most tolerance/λ. Of a degenerate mode some members may be missing.
/// Throws InvalidArgument unless 1 ≤ count ≤ 3N − 3.
Modes lowest_modes(const Hessian& hessian, const LinearOperator& inverse, int count, double tolerance);

/// The same with none missing, which `below` proves. Throws NotConverged where it cannot.
Modes all_lowest_modes(const Hessian& hessian, const LinearOperator& inverse, const SpectrumCount& below,
                       int count, double tolerance, Eigensolver solver);

}  // namespace pssglass
