#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "forces/force_evaluator.h"
#include "models.h"
#include "particles/packed_system.h"
#include "particles/pair_scales.h"
#include "particles/verlet_lists.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr double kSkin = 0.3;

System sheared(System system, double gamma) {
  system.box = system.box.sheared(gamma);
  for (Vec3& r : system.positions) r.x += gamma * r.y;
  return system;
}

/// Ordered pairs (i, j, image of j) closer than cutoff + skin, by a loop over everything.
std::multiset<std::pair<int, int>> all_pairs(const System& system, const Potential& potential, double skin) {
  std::multiset<std::pair<int, int>> found;
  const int n = static_cast<int>(system.size());
  const PairScales scales(system, potential);
  for (int image = 0; image < 27; ++image) {
    const Vec3 shift = system.box.cartesian({image % 3 - 1.0, image / 3 % 3 - 1.0, image / 9 - 1.0});
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        const auto a = static_cast<std::size_t>(i), b = static_cast<std::size_t>(j);
        const Vec3 d = system.positions[b] + shift - system.positions[a];
        const double radius = std::sqrt(scales(a, b).cutoff2) + skin;
        if (dot(d, d) < radius * radius && !(i == j && image == 13)) found.insert({i, j});
      }
  }
  return found;
}

/// The same from the lists of a packed system; every particle must head exactly one lane.
std::multiset<std::pair<int, int>> listed_pairs(PackedSystem& packed, const System& system,
                                                const VerletLists& lists, int lanes) {
  std::multiset<std::pair<int, int>> found;
  std::vector<int> seen(system.size());
  const auto id_at = [&](std::int32_t offset) {  // of the particle or ghost whose record stands there
    const double* r = packed.records() + offset;
    for (std::size_t i = 0; i < system.size(); ++i) {
      const Vec3 d = system.box.minimum_image(system.positions[i] - Vec3{r[0], r[1], r[2]});
      if (dot(d, d) < 1e-20) return static_cast<int>(i);
    }
    return -1;
  };
  for (std::int64_t w = 0; w < lists.windows(); ++w) {
    const ListSpan span = lists.window(w);
    for (std::int64_t s = 0; s < span.count; ++s)
      for (int lane = 0; lane < lanes; ++lane) {
        const int i = id_at(span.slices[s].offsets[lane]);
        if (i >= 0) ++seen[static_cast<std::size_t>(i)];
        for (int m = 0; m < span.slices[s].length; ++m) {
          const int j = id_at(span.entries[span.slices[s].begin + m * lanes + lane]);
          if (i >= 0 && j >= 0) found.insert({i, j});
        }
      }
  }
  for (const int count : seen) CHECK(count == 1);
  return found;
}

/// The particles of a system in the middle of a box that is much larger.
System in_wide_box(System system) {
  system.box = Box(40, 50, 60, 0, 0, 0);
  return system;
}

Vectors displaced(Vectors positions, double size, std::uint64_t seed) {
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto g = normals(seed, kPlacement, 1, static_cast<std::uint32_t>(i));
    const Vec3 d{g[0], g[1], g[2]};
    positions[i] += d * (size / std::max(1e-9, norm(d)));
  }
  return positions;
}

}  // namespace

TEST_CASE("lists hold every pair within cutoff plus skin, from both sides, and nothing else") {
  for (const Simd simd : {Simd::baseline, Simd::avx2, Simd::avx512}) {
    if (!supported(simd)) continue;
    for (double rc : {1.1, 1.5}) {
      const Potential potential = sticky(rc);
      const int smallest = rc == 1.1 ? 4 : 5;  // boxes of little more than two cutoffs
      for (const System& system :
           {jittered_lattice(smallest, 0.08, 1), jittered_lattice(7, 0.08, 2),
            sheared(jittered_lattice(6, 0.08, 3), 0.4), in_wide_box(jittered_lattice(5, 0.08, 5))}) {
        PackedSystem packed(system, potential, kSkin, {1, Precision::full, simd});
        CHECK(listed_pairs(packed, system, packed.lists(), kernels(simd).lanes) ==
              all_pairs(system, potential, kSkin));
      }
    }
  }
}

TEST_CASE("lists of particles with diameters hold every pair within its own cutoff plus skin") {
  for (const Simd simd : {Simd::baseline, Simd::avx2, Simd::avx512}) {
    if (!supported(simd)) continue;
    for (const double nonadditivity : {0.1, -0.2}) {
      const Potential potential = sticky_by_diameter(1.5, nonadditivity);
      for (const System& system : {polydisperse(jittered_lattice(7, 0.08, 2), 0.7, 1.3),
                                   polydisperse(sheared(jittered_lattice(7, 0.08, 3), 0.4), 0.7, 1.3)}) {
        PackedSystem packed(system, potential, kSkin, {1, Precision::full, simd});
        CHECK(listed_pairs(packed, system, packed.lists(), kernels(simd).lanes) ==
              all_pairs(system, potential, kSkin));
      }
    }
  }
}

TEST_CASE("lists do not depend on threads nor on the order in which particles came to their places") {
  const Potential potential = sticky(1.3);
  const System system = jittered_lattice(11, 0.1, 4);
  PackedSystem one(system, potential, kSkin), three(system, potential, kSkin, {3});
  System elsewhere = system;
  elsewhere.positions = displaced(system.positions, 1.0, 5);
  PackedSystem travelled(elsewhere, potential, kSkin, {2});
  travelled.load(system.positions);
  travelled.rebuild();
  travelled.load(system.positions);
  for (PackedSystem* other : {&three, &travelled}) {
    REQUIRE(other->lists().entries() == one.lists().entries());
    for (std::int64_t k = 0; k < one.size(); ++k) REQUIRE(other->ids()[k] == one.ids()[k]);
    for (PackedSystem* p : {other, &one}) p->update_copies(), p->compute_forces();
    for (std::int64_t k = 0; k < one.size(); ++k) REQUIRE(other->force(k) == one.force(k));
  }
}

TEST_CASE("forces stay right while particles move, before and after rebuilds, in any periodic image") {
  const Potential potential = sticky(1.5);
  System system = jittered_lattice(7, 0.05, 6);
  const Vectors start = system.positions;
  ForceEvaluator evaluator(system, potential, 2);
  for (int step = 0; step < 12; ++step) {
    system.positions = displaced(start, 0.04 * step, 7);
    Vectors anywhere = system.positions;
    anywhere[3] += system.box.cartesian({2, -1, 0});
    anywhere[77] += system.box.cartesian({0, 0, 5});
    Vectors forces;
    const ForceField expected = evaluate(system, potential);
    CHECK(evaluator.energy_forces(step < 6 ? anywhere : system.positions, forces) ==
          doctest::Approx(expected.energy).epsilon(1e-12));
    for (std::size_t i = 0; i < forces.size(); ++i)
      CHECK(norm(forces[i] - expected.forces[i]) < 1e-12 * max_norm(expected.forces));
  }
  CHECK(evaluator.evaluations() == 12);
  CHECK(evaluator.rebuilds() >= 3);
  CHECK(evaluator.rebuilds() < 12);
}

TEST_CASE("the evaluator refuses positions that are too few, lost or absurdly far away") {
  const System system = jittered_lattice(5, 0.05, 8);
  ForceEvaluator evaluator(system, sticky(1.1));
  Vectors forces, positions = system.positions;
  positions.pop_back();
  CHECK_THROWS_AS(evaluator.energy_forces(positions, forces), InvalidArgument);
  for (const double lost : {std::nan(""), 1e300}) {
    positions = system.positions;
    positions[9].y = lost;
    CHECK_THROWS_AS(evaluator.energy_forces(positions, forces), InvalidArgument);
  }
  CHECK_THROWS_AS(ForceEvaluator(system, sticky(1.1), 0), InvalidArgument);
  CHECK_THROWS_AS(ForceEvaluator(jittered_lattice(3, 0.05, 8), sticky(1.5)), BoxTooSmall);
}
