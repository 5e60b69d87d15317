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

StrainDerivatives strain_derivatives(const System& system, const Potential& potential, const Pairs& pairs) {
  StrainDerivatives out;
  std::array<Vectors, kStrains> mixed;
  mixed.fill(Vectors(system.size()));
  for (const Pair& pair : pairs) {
    const auto i = static_cast<std::size_t>(pair.i), j = static_cast<std::size_t>(pair.j);
    const PairTerms t = potential.terms(system.species[i], system.species[j], pair.r2);
    const auto strains = stretches(pair.separation, pair.r2);
    for (std::size_t s = 0; s < kStrains; ++s) {
      const Stretch& stretch = strains[s];
      out.first[s] += t.slope * stretch.first;
      out.second[s] += t.curvature * stretch.first * stretch.first + t.slope * stretch.second;
      const Vec3 force = t.curvature * stretch.first * pair.separation + t.slope * stretch.gradient;
      mixed[s][j] += force;
      mixed[s][i] -= force;
    }
  }
  out.mixed.resize(static_cast<Eigen::Index>(3 * system.size()), kStrains);
  for (std::size_t s = 0; s < kStrains; ++s)
    out.mixed.col(static_cast<Eigen::Index>(s)) = as_column(mixed[s]);
  return out;
}

}  // namespace pssglass
