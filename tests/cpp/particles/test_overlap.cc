#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "forces/forces.h"
#include "models.h"
#include "particles/overlap.h"
#include "particles/pair_scales.h"

using namespace pssglass;
using namespace pssglass::test;

TEST_CASE("two particles at the same place are named, also across the border of the box") {
  System system = jittered_lattice(5, 0.1, 1);
  const Potential potential = sticky(1.5);
  CHECK_NOTHROW(require_apart(interacting_pairs(system, potential), longest_cutoff(system, potential)));
  system.positions[7] = system.positions[3] + Vec3{system.box.lx(), 1e-9, -system.box.lz()};
  CHECK_THROWS_WITH(require_apart(interacting_pairs(system, potential), longest_cutoff(system, potential)),
                    "particles 3 and 7 are at the same place: move one of them");
}

TEST_CASE("the largest force is not-a-number where one force is, wherever it stands") {
  Vectors forces{{1, 0, 0}, {0, 3, 4}, {2, 0, 0}};
  CHECK(max_norm(forces) == 5);
  for (Vec3& force : forces) {
    const Vec3 before = std::exchange(force, {0, std::numeric_limits<double>::quiet_NaN(), 0});
    CHECK(std::isnan(max_norm(forces)));
    force = before;
  }
}
