#include "forces/forces.h"

#include <algorithm>
#include <cmath>

namespace pssglass {

ForceField evaluate(const System& system, const Potential& potential) {
  return evaluate(system, interacting_pairs(system, potential));
}

ForceField evaluate(const System& system, const Pairs& pairs) {
  ForceField out;
  out.forces.assign(system.size(), Vec3{});
  for (const Pair& pair : pairs) {
    const auto i = static_cast<std::size_t>(pair.i), j = static_cast<std::size_t>(pair.j);
    const Vec3& d = pair.separation;
    const Vec3 push = d * -pair.slope;  // on j; minus this on i
    out.energy += pair.energy;
    out.forces[j] += push;
    out.forces[i] -= push;
    out.stress += {push.x * d.x, push.y * d.y, push.z * d.z, push.x * d.y, push.x * d.z, push.y * d.z};
  }
  out.stress *= 1 / system.box.volume();
  return out;
}

double max_norm(const Vectors& forces) {
  double largest2 = 0;
  for (const Vec3& f : forces) {
    const double norm2 = dot(f, f);
    if (std::isnan(norm2)) return norm2;
    largest2 = std::max(largest2, norm2);
  }
  return std::sqrt(largest2);
}

}  // namespace pssglass
