// Derivatives of the energy with respect to strain, at fixed reduced coordinates [paper, Eqs. A1–A5].
#pragma once

#include <array>
#include <vector>

#include "base/columns.h"
#include "particles/pairs.h"

namespace pssglass {

/// Simple shear x ← x + γy, x ← x + γz, y ← y + γz, and dilation by e^η.
enum Strain { shear_xy, shear_xz, shear_yz, dilation };
inline constexpr std::size_t kStrains = 4;

struct StrainDerivatives {
  std::array<double, kStrains> first{};   ///< U_γ, U_η
  std::array<double, kStrains> second{};  ///< U_γγ, U_ηη
  Matrix mixed;                           ///< Ξ = ∂²U/∂x∂γ, 3N × kStrains
};

StrainDerivatives strain_derivatives(std::size_t particles, const Pairs& pairs);

/// The same of one deformation x ← exp(γ L)·x.
struct StrainDerivative {
  double first = 0, second = 0;
  Vector mixed;  ///< 3N
};

StrainDerivative strain_derivative(std::size_t particles, const Pairs& pairs, const Eigen::Matrix3d& L);

}  // namespace pssglass
