#include <doctest/doctest.h>

#include "models.h"
#include "particles/pairs.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

std::size_t brute_force_count(const System& system, const Potential& potential) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < system.size(); ++i)
    for (std::size_t j = i + 1; j < system.size(); ++j) {
      const Vec3 d = system.box.minimum_image(system.positions[j] - system.positions[i]);
      count += dot(d, d) < potential.type(system.species[i], system.species[j]).cutoff2;
    }
  return count;
}

}  // namespace

TEST_CASE("cells find the pairs that a double loop finds, in cubic and sheared boxes of any size") {
  for (int per_side : {4, 6, 10}) {
    const System cubic = jittered_lattice(per_side, 0.1, 1);
    System sheared{cubic.box.sheared(0.3), cubic.positions, cubic.species};
    for (Vec3& r : sheared.positions) r.x += 0.3 * r.y;
    for (const System& system : {cubic, sheared})
      for (double rc : {1.1, 1.5}) {
        const Potential potential = sticky(rc);
        if (system.box.plane_distances().x < 2 * potential.max_cutoff()) continue;
        CHECK(interacting_pairs(system, potential).size() == brute_force_count(system, potential));
      }
  }
}

TEST_CASE("a box narrower than two cutoffs is refused") {
  CHECK_THROWS_AS(interacting_pairs(jittered_lattice(3, 0.1, 1), sticky(1.5)), BoxTooSmall);
}

TEST_CASE("unknown species and non-finite positions are refused") {
  System system = jittered_lattice(5, 0.1, 1);
  system.species[3] = 2;
  CHECK_THROWS_AS(interacting_pairs(system, sticky(1.1)), InvalidArgument);
  system.species[3] = 0;
  system.positions[7].z = std::nan("");
  CHECK_THROWS_AS(interacting_pairs(system, sticky(1.1)), InvalidArgument);
}
