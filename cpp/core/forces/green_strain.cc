#include "forces/green_strain.h"

namespace pssglass {
namespace {

/// ½ ∂r²/∂E_a of each component.
Voigt stretches(const Vec3& d) {
  return Voigt{d.x * d.x, d.y * d.y, d.z * d.z, d.y * d.z, d.x * d.z, d.x * d.y};
}

/// Their gradients with respect to d, one column each.
Eigen::Matrix<double, 3, kVoigt> gradients(const Vec3& d) {
  return Eigen::Matrix<double, 3, kVoigt>{
      {2 * d.x, 0, 0, 0, d.z, d.y}, {0, 2 * d.y, 0, d.z, 0, d.x}, {0, 0, 2 * d.z, d.y, d.x, 0}};
}

}  // namespace

GreenStrainDerivatives green_strain_derivatives(std::size_t particles, const Pairs& pairs) {
  const auto n = static_cast<Eigen::Index>(particles);
  GreenStrainDerivatives out;
  out.mixed = Matrix::Zero(3 * n, kVoigt);
  for (const Pair& pair : pairs) {
    const Vec3& d = pair.separation;
    const Voigt stretch = stretches(d);
    out.second += pair.curvature * stretch * stretch.transpose();
    const Eigen::Matrix<double, 3, kVoigt> force =
        pair.curvature * Eigen::Vector3d{d.x, d.y, d.z} * stretch.transpose() + pair.slope * gradients(d);
    out.mixed.middleRows<3>(3 * pair.j) += force;
    out.mixed.middleRows<3>(3 * pair.i) -= force;
  }
  return out;
}

Matrix virials(std::size_t particles, const Pairs& pairs) {
  Matrix out = Matrix::Zero(kVoigt, static_cast<Eigen::Index>(particles));
  for (const Pair& pair : pairs) {
    const Voigt half = 0.5 * pair.slope * stretches(pair.separation);
    out.col(pair.i) += half;
    out.col(pair.j) += half;
  }
  return out;
}

}  // namespace pssglass
