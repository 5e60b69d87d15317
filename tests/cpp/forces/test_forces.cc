#include <doctest/doctest.h>

#include "forces/forces.h"
#include "models.h"

using namespace pssglass;
using namespace pssglass::test;

TEST_CASE("the force is minus the gradient of the energy, for every cutoff") {
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    System system = jittered_lattice(5, 0.05, 3);
    const ForceField field = evaluate(system, potential);
    const double h = 1e-6;
    for (std::size_t i : {0u, 17u, 124u}) {
      System moved = system;
      moved.positions[i].y += h;
      const double up = evaluate(moved, potential).energy;
      moved.positions[i].y -= 2 * h;
      const double down = evaluate(moved, potential).energy;
      CHECK(field.forces[i].y == doctest::Approx(-(up - down) / (2 * h)).epsilon(1e-6));
    }
  }
}

TEST_CASE("forces sum to zero and the stress is the strain derivative of the energy") {
  const Potential potential = sticky(1.5);
  const System system = jittered_lattice(5, 0.05, 4);
  const ForceField field = evaluate(system, potential);
  Vec3 total;
  for (const Vec3& f : field.forces) total += f;
  CHECK(norm(total) < 1e-9);

  const double h = 1e-6;
  const auto sheared = [&](double gamma) {
    System s{system.box.sheared(gamma), system.positions, system.species};
    for (Vec3& r : s.positions) r.x += gamma * r.y;
    return evaluate(s, potential).energy;
  };
  const double shear = (sheared(h) - sheared(-h)) / (2 * h) / system.box.volume();
  CHECK(-field.stress.xy == doctest::Approx(shear).epsilon(1e-6));

  const auto dilated = [&](double eta) {
    System s{system.box.dilated(eta), system.positions, system.species};
    for (Vec3& r : s.positions) r *= std::exp(eta);
    return evaluate(s, potential).energy;
  };
  const double pressure = -(dilated(h) - dilated(-h)) / (2 * h) / (3 * system.box.volume());
  CHECK(field.stress.trace() / 3 == doctest::Approx(pressure).epsilon(1e-6));
}
