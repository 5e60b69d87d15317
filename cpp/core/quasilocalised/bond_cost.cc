#include "quasilocalised/bond_cost.h"

#include <cmath>
#include <limits>

namespace pssglass {

BondSums BondCost::sums(const Vector& z, Vector& force, Vector& quarter) const {
  force.setZero(components());
  quarter.setZero(components());
  BondSums out;
  for (const Pair& pair : pairs_) {
    const auto i = 3 * static_cast<Eigen::Index>(pair.i), j = 3 * static_cast<Eigen::Index>(pair.j);
    const Vec3& d = pair.separation;
    const double x = z[j] - z[i], y = z[j + 1] - z[i + 1], w = z[j + 2] - z[i + 2];
    const double square = x * x + y * y + w * w, along = d.x * x + d.y * y + d.z * w;
    const double pull = pair.curvature * along, s = pair.slope;
    const double fx = pull * d.x + s * x, fy = pull * d.y + s * y, fz = pull * d.z + s * w;
    out.stiffness += pull * along + s * square;
    out.squares += square * square;
    force[i] -= fx, force[i + 1] -= fy, force[i + 2] -= fz;
    force[j] += fx, force[j + 1] += fy, force[j + 2] += fz;
    quarter[i] -= square * x, quarter[i + 1] -= square * y, quarter[i + 2] -= square * w;
    quarter[j] += square * x, quarter[j + 1] += square * y, quarter[j + 2] += square * w;
  }
  return out;
}

double BondCost::evaluate(const Vector& z, Vector& gradient) {
  const BondSums found = sums(z, gradient, quarter_);
  if (!(found.stiffness > 0 && found.squares > 0)) return std::numeric_limits<double>::infinity();
  gradient = 4 / found.stiffness * gradient - 4 / found.squares * quarter_;
  return 2 * std::log(found.stiffness) - std::log(found.squares);
}

}  // namespace pssglass
