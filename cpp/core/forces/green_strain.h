// Derivatives of the energy with respect to Green's strain, of which any small deformation is made.
#pragma once

#include <Eigen/Core>
#include <array>

#include "base/columns.h"
#include "particles/pairs.h"

namespace pssglass {

/// Components in Voigt's order xx, yy, zz, yz, xz, xy; of shear the engineering strain 2E_yz, ….
inline constexpr std::size_t kVoigt = 6;

using Voigt = Eigen::Matrix<double, kVoigt, 1>;
using VoigtMatrix = Eigen::Matrix<double, kVoigt, kVoigt>;

/// r² = X·(1 + 2E)·X is linear in E, so the second derivatives have no term of φ′. At fixed reduced
/// coordinates.
struct GreenStrainDerivatives {
  VoigtMatrix second = VoigtMatrix::Zero();  ///< ∂²U/∂E_a∂E_b
  Matrix mixed;                              ///< Ξ = ∂²U/∂x∂E_a, 3N × kVoigt
};

GreenStrainDerivatives green_strain_derivatives(std::size_t particles, const Pairs& pairs);

/// Each particle's half of its pairs in ∂U/∂E_a, kVoigt × N; their sum is the volume times the stress,
/// tension positive.
Matrix virials(std::size_t particles, const Pairs& pairs);

}  // namespace pssglass
