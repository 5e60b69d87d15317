#include "forces/forces.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pssglass {

namespace {

class PairSum {
 public:
  explicit PairSum(std::size_t particles) { sum_.forces.assign(particles, Vec3{}); }

  void add(const Pair& pair) {
    const auto i = static_cast<std::size_t>(pair.i), j = static_cast<std::size_t>(pair.j);
    const Vec3& d = pair.separation;
    const Vec3 push = d * -pair.slope;  // on j; minus this on i
    sum_.energy += pair.energy;
    sum_.forces[j] += push;
    sum_.forces[i] -= push;
    sum_.stress += {push.x * d.x, push.y * d.y, push.z * d.z, push.x * d.y, push.x * d.z, push.y * d.z};
  }

  ForceField in(const Box& box) && {
    sum_.stress *= 1 / box.volume();
    return std::move(sum_);
  }

 private:
  ForceField sum_;
};

}  // namespace

ForceField evaluate(const System& system, const Potential& potential) {
  PairSum sum(system.size());
  for_interacting_pairs(system, potential, [](std::size_t) {}, [&](const Pair& pair) { sum.add(pair); });
  return std::move(sum).in(system.box);
}

ForceField evaluate(const System& system, const Pairs& pairs) {
  PairSum sum(system.size());
  for (const Pair& pair : pairs) sum.add(pair);
  return std::move(sum).in(system.box);
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
