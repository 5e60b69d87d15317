#include "forces/strain.h"

namespace pssglass {
namespace {

/// How one strain changes a pair separation d to first order, d·δd = ½ ∂r²/∂γ; with its gradient and ½
/// ∂²r²/∂γ².
struct Stretch {
  double first;
  Vec3 gradient;
  double second;
};

std::array<Stretch, kStrains> stretches(const Vec3& d, double r2) {
  return {{{d.x * d.y, {d.y, d.x, 0}, d.y * d.y},
           {d.x * d.z, {d.z, 0, d.x}, d.z * d.z},
           {d.y * d.z, {0, d.z, d.y}, d.z * d.z},
           {r2, 2 * d, 2 * r2}}};
}

}  // namespace

StrainDerivatives strain_derivatives(std::size_t particles, const Pairs& pairs) {
  StrainDerivatives out;
  std::array<Vectors, kStrains> mixed;
  mixed.fill(Vectors(particles));
  for (const Pair& pair : pairs) {
    const auto i = static_cast<std::size_t>(pair.i), j = static_cast<std::size_t>(pair.j);
    const auto strains = stretches(pair.separation, pair.r2);
    for (std::size_t s = 0; s < kStrains; ++s) {
      const Stretch& stretch = strains[s];
      out.first[s] += pair.slope * stretch.first;
      out.second[s] += pair.curvature * stretch.first * stretch.first + pair.slope * stretch.second;
      const Vec3 force = pair.curvature * stretch.first * pair.separation + pair.slope * stretch.gradient;
      mixed[s][j] += force;
      mixed[s][i] -= force;
    }
  }
  out.mixed.resize(static_cast<Eigen::Index>(3 * particles), kStrains);
  for (std::size_t s = 0; s < kStrains; ++s)
    out.mixed.col(static_cast<Eigen::Index>(s)) = as_column(mixed[s]);
  return out;
}

StrainDerivative strain_derivative(std::size_t particles, const Pairs& pairs, const Eigen::Matrix3d& L) {
  // ½ ∂r²/∂γ = d·L·d, with d → exp(γ L)·d.
  const Eigen::Matrix3d symmetric = L + L.transpose(), second = L.transpose() * L + L * L;
  StrainDerivative out;
  out.mixed = Vector::Zero(static_cast<Eigen::Index>(3 * particles));
  for (const Pair& pair : pairs) {
    const Eigen::Vector3d d(pair.separation.x, pair.separation.y, pair.separation.z);
    const Eigen::Vector3d gradient = symmetric * d;
    const double first = 0.5 * d.dot(gradient);
    out.first += pair.slope * first;
    out.second += pair.curvature * first * first + pair.slope * d.dot(second * d);
    const Eigen::Vector3d force = pair.curvature * first * d + pair.slope * gradient;
    out.mixed.segment<3>(3 * pair.j) += force;
    out.mixed.segment<3>(3 * pair.i) -= force;
  }
  return out;
}

}  // namespace pssglass
