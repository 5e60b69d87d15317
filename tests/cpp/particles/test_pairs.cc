#include <doctest/doctest.h>

#include "models.h"
#include "particles/pair_scales.h"
#include "particles/pairs.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

std::size_t brute_force_count(const System& system, const Potential& potential) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < system.size(); ++i)
    for (std::size_t j = i + 1; j < system.size(); ++j) {
      const Vec3 d = system.box.minimum_image(system.positions[j] - system.positions[i]);
      count += dot(d, d) < potential.scale(system.species[i], system.species[j]).cutoff2;
    }
  return count;
}

/// Every image that may be near, one by one.
std::vector<NearPair> images_within(const Box& box, const Vectors& positions, double cutoff) {
  std::vector<NearPair> found;
  const int reach = 4;
  for (int i = 0; i < static_cast<int>(positions.size()); ++i)
    for (int j = i; j < static_cast<int>(positions.size()); ++j)
      for (int z = -reach; z <= reach; ++z)
        for (int y = -reach; y <= reach; ++y)
          for (int x = -reach; x <= reach; ++x) {
            const bool twice = i == j && (z < 0 || (z == 0 && (y < 0 || (y == 0 && x <= 0))));
            const Vec3 d = positions[static_cast<std::size_t>(j)] - positions[static_cast<std::size_t>(i)] +
                           box.cartesian({double(x), double(y), double(z)});
            if (!twice && dot(d, d) < cutoff * cutoff) found.push_back({i, j, d, dot(d, d)});
          }
  return found;
}

}  // namespace

TEST_CASE("pairs carry the terms of their potential") {
  const System system = jittered_lattice(6, 0.1, 1);
  const Potential potential = sticky(1.5);
  for (const Pair& pair : interacting_pairs(system, potential)) {
    const PairTerms terms = potential.terms(system.species[static_cast<std::size_t>(pair.i)],
                                            system.species[static_cast<std::size_t>(pair.j)], pair.r2);
    CHECK(pair.energy == terms.energy);
    CHECK(pair.slope == terms.slope);
    CHECK(pair.curvature == terms.curvature);
  }
}

TEST_CASE("pairs within a distance are those of all images, in boxes of any width and tilt") {
  for (int per_side : {1, 2, 3, 6}) {
    System system = jittered_lattice(per_side, 0.1, 1);
    for (const double tilt : {0.0, 0.3, 0.8}) {
      const Box box(system.box.lx(), system.box.ly(), 1.1 * system.box.lz(), tilt, -0.5 * tilt, 0.2 * tilt);
      for (const double cutoff : {0.8, 1.7, 2.9}) {
        const auto pairs = pairs_within(box, system.positions, cutoff);
        const auto expected = images_within(box, system.positions, cutoff);
        CAPTURE(per_side);
        CAPTURE(tilt);
        CAPTURE(cutoff);
        REQUIRE(pairs.size() == expected.size());
        double lengths = 0;
        for (std::size_t k = 0; k < pairs.size(); ++k) {
          CHECK(pairs[k].i == expected[k].i);
          CHECK(pairs[k].j == expected[k].j);
          CHECK(pairs[k].r2 == doctest::Approx(dot(pairs[k].separation, pairs[k].separation)));
          lengths += pairs[k].r2 - expected[k].r2;
        }
        CHECK(std::abs(lengths) < 1e-9);
      }
    }
  }
}

TEST_CASE("pairs within a distance need a distance, finite positions and room for what is found") {
  const System system = jittered_lattice(5, 0.1, 1);
  CHECK(pairs_within(system.box, {}, 1).empty());
  for (const double cutoff : {0.0, -1.0, std::nan(""), 1e4})
    CHECK_THROWS_AS(pairs_within(system.box, system.positions, cutoff), InvalidArgument);
  Vectors positions = system.positions;
  positions[3].y = std::nan("");
  CHECK_THROWS_AS(pairs_within(system.box, positions, 1), InvalidArgument);
  // Cells are no more than particles, however short the distance and wide the box.
  CHECK(pairs_within(Box::cubic(1e9), system.positions, 1e-6).empty());
}

TEST_CASE("cells find the pairs that a double loop finds, in cubic and sheared boxes of any size") {
  for (int per_side : {4, 6, 10}) {
    const System cubic = jittered_lattice(per_side, 0.1, 1);
    System sheared{cubic.box.sheared(0.3), cubic.positions, cubic.species};
    for (Vec3& r : sheared.positions) r.x += 0.3 * r.y;
    for (const System& system : {cubic, sheared})
      for (double rc : {1.1, 1.5}) {
        const Potential potential = sticky(rc);
        if (system.box.plane_distances().x < 2 * longest_cutoff(system, potential)) continue;
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
