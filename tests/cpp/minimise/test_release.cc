#include <doctest/doctest.h>

#include "mechanics/crystals.h"
#include "mechanics/mechanics.h"
#include "minimise/quench.h"
#include "minimise/release.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

/// A compressed face-centred crystal of spheres of size 1.
constexpr double kEdge = 1.38;
constexpr int kCells = 3, kHost = 0, kEnd = 1, kGuest = 2;
/// In the middle of a cell's edge, halfway between two neighbours of the second shell, there is room.
constexpr double kHalf = kEdge / 2;

/// A guest in the middle of the longest gap: only the ends of that gap, of a species of their own, touch it.
System squeezed_guest() {
  System system = crystal(kCells, kEdge, {{0, 0, 0}, {.5, .5, 0}, {.5, 0, .5}, {0, .5, .5}},
                          {kHost, kHost, kHost, kHost});
  const Vec3 middle{kHalf, 0, 0};
  for (std::size_t i = 0; i < system.size(); ++i) {
    const Vec3 d = system.box.minimum_image(system.positions[i] - middle);
    if (std::abs(std::abs(d.x) - kHalf) < 1e-9 && std::abs(d.y) + std::abs(d.z) < 1e-9)
      system.species[i] = kEnd;
  }
  system.positions.push_back(middle);
  system.species.push_back(kGuest);
  return system;
}

/// Lengths of pairs with the guest: too short to touch the host, a little too long for the ends.
Potential spheres(double alpha) {
  const double host = 0.6, end = kHalf + 1e-3;
  return Potential(std::vector<double>(9, 1.0), {1, 1, host, 1, 1, end, host, end, 1}, Hertzian{1, alpha});
}

}  // namespace

TEST_CASE("a particle squeezed between two others is a saddle, from which it is released") {
  for (double alpha : {2.0, 2.5}) {
    const Potential potential = spheres(alpha);
    const System system = squeezed_guest();
    const auto guest = system.size() - 1;

    Landscape landscape(system, potential, 1000, 1);
    Point point{system.positions, {}, 0};
    landscape.evaluate(point);
    REQUIRE(norm(point.forces[guest]) < 1e-12);
    Mechanics before(system, potential);
    CHECK(before.backbone().rattlers() == std::vector<int>{static_cast<int>(guest)});

    const QuenchResult result = minimize(system, potential, {QuenchMethod::fast, 1e-9});
    REQUIRE(result.converged);
    Mechanics after({system.box, result.positions, system.species, {}}, potential);
    CHECK(after.certify().positive);
    CHECK(after.certify().rattlers == 1);
    const Vec3 moved = system.box.minimum_image(result.positions[guest] - system.positions[guest]);
    CHECK(std::hypot(moved.y, moved.z) > 0.03);
  }
}

TEST_CASE("there is nothing to release in a crystal") {
  const System system =
      crystal(3, kEdge, {{0, 0, 0}, {.5, .5, 0}, {.5, 0, .5}, {0, .5, .5}}, {kHost, kHost, kHost, kHost});
  Landscape landscape(system, spheres(2.5), 10, 1);
  Point point{system.positions, {}, 0};
  landscape.evaluate(point);
  CHECK_FALSE(release_rattlers(landscape, spheres(2.5), point));
  CHECK(landscape.evaluations() == 1);
}
