#include <doctest/doctest.h>

#include "base/columns.h"
#include "forces/force_evaluator.h"
#include "glass.h"
#include "mechanics/mechanics.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr QuenchMethod kMethods[] = {QuenchMethod::fast, QuenchMethod::faithful, QuenchMethod::fire,
                                     QuenchMethod::lbfgs, QuenchMethod::cg};

double largest_distance(const System& system, const Vectors& a, const Vectors& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, norm(system.box.minimum_image(a[i] - b[i])));
  return largest;
}

}  // namespace

TEST_CASE("every method ends in a certified inherent state, for every cutoff") {
  for (double rc : kTriedCutoffs)
    for (QuenchMethod method : kMethods) {
      System system = jittered_lattice(5, 0.25, 7);
      const QuenchResult result = minimize(system, sticky(rc), {method});
      CHECK_MESSAGE(result.converged, result.message);
      system.positions = result.positions;
      const ForceField field = evaluate(system, sticky(rc));
      CHECK(max_norm(field.forces) == result.max_force);
      CHECK(result.max_force < 1e-9);
      CHECK(field.energy == result.energy);
      CHECK(Mechanics(system, sticky(rc)).certify().positive);
    }
}

TEST_CASE("near a minimum all methods find it") {
  const Potential potential = sticky(1.5);
  const System rest = glass(1.5);
  System displaced = rest;
  for (std::size_t i = 0; i < displaced.size(); ++i) displaced.positions[i].x += 1e-3 * (i % 2 ? 1 : -1);
  for (QuenchMethod method : kMethods)
    CHECK(largest_distance(rest, minimize(displaced, potential, {method}).positions, rest.positions) < 2e-3);
}

TEST_CASE(
    "the faithful quench follows the flow: tighter integration ends in the same place, through the same "
    "states") {
  const System liquid = jittered_lattice(5, 0.15, 3);
  for (double rc : size_of_test<std::vector<double>>({1.1, 1.5}, {1.5})) {
    const auto quenched = [&](double tolerance) {
      return minimize(liquid, sticky(rc), {.method = QuenchMethod::faithful, .flow_tolerance = tolerance});
    };
    const QuenchResult usual = quenched(1e-5), tight = quenched(1e-8);
    CHECK(largest_distance(liquid, usual.positions, tight.positions) < 1e-8);
    CHECK(tight.force_evaluations > usual.force_evaluations);
  }
}

TEST_CASE("the faithful quench ends where a plain Runge-Kutta integration of dx/dt = F does") {
  const Potential potential = sticky(1.5);
  const System liquid = jittered_lattice(5, 0.15, 3);
  ForceEvaluator evaluator(liquid, potential);
  const auto force = [&](const Vector& x) {
    Vectors positions(liquid.size()), forces;
    as_column(positions) = x;
    evaluator.energy_forces(positions, forces);
    return Vector(as_column(forces));
  };
  Vector x = as_column(liquid.positions);
  for (Vector k1 = force(x); k1.cwiseAbs().maxCoeff() > 0.01; k1 = force(x)) {
    const double h = std::min(1e-3, 1e-3 / k1.cwiseAbs().maxCoeff());
    const Vector k2 = force(x + h / 2 * k1), k3 = force(x + h / 2 * k2), k4 = force(x + h * k3);
    x += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  System end = liquid;
  as_column(end.positions) = x;
  const Vectors expected = minimize(end, potential, {QuenchMethod::fast}).positions;
  const Vectors faithful = minimize(liquid, potential, {QuenchMethod::faithful}).positions;
  CHECK(largest_distance(liquid, faithful, expected) < 1e-8);
}

TEST_CASE("overlapping particles are pushed apart") {
  System system = jittered_lattice(5, 0.25, 8);
  system.positions[1] = system.positions[0] + Vec3{0.2, 0, 0};
  for (QuenchMethod method : kMethods) {
    const QuenchResult result = minimize(system, sticky(1.1), {method});
    CHECK_MESSAGE(result.converged, result.message);
  }
}

TEST_CASE("the flow follows particles of a gas that meet suddenly") {
  for (std::uint64_t seed = 1; seed <= size_of_test(8u, 2u); ++seed) {
    System gas = jittered_lattice(6, 0.5, seed);
    gas.box = Box::cubic(1.3 * gas.box.lx());
    for (Vec3& r : gas.positions) r *= 1.3;
    const QuenchResult result = minimize(gas, sticky(1.1), {QuenchMethod::faithful});
    CHECK_MESSAGE(result.converged, result.message);
  }
}

TEST_CASE("particles that do not interact stay where they are, and others meet among them") {
  System gas = jittered_lattice(4, 0.1, 5);
  gas.box = Box::cubic(6 * gas.box.lx());
  for (Vec3& r : gas.positions) r *= 6;
  for (QuenchMethod method : kMethods) {
    const QuenchResult alone = minimize(gas, sticky(1.5), {method});
    CHECK_MESSAGE(alone.converged, alone.message);
    CHECK(largest_distance(gas, alone.positions, gas.positions) == 0);
  }
  gas.positions[1] = gas.positions[0] + Vec3{0.9, 0, 0};
  const QuenchResult pair = minimize(gas, sticky(1.5), {QuenchMethod::faithful});
  CHECK_MESSAGE(pair.max_force < 1e-3, pair.message);
}

TEST_CASE("running out of evaluations is a status with a remedy") {
  for (QuenchMethod method : kMethods) {
    const QuenchResult result = minimize(jittered_lattice(5, 0.25, 9), sticky(1.5), {method, 1e-9, 20});
    CHECK_FALSE(result.converged);
    CHECK(result.force_evaluations >= 20);
    CHECK(result.message.find("raise max_evaluations") != std::string::npos);
  }
}

TEST_CASE("an unreachable tolerance is reported, not looped on") {
  const QuenchResult result =
      minimize(jittered_lattice(5, 0.25, 9), sticky(1.1), {QuenchMethod::fast, 1e-14});
  CHECK_FALSE(result.converged);
  CHECK(result.max_force < 1e-9);
  CHECK(result.message.find("only round-off is left") != std::string::npos);
}

TEST_CASE("a tolerance below round-off is not mistaken for a lack of evaluations, by any method") {
  for (QuenchMethod method : kMethods) {
    const QuenchResult result = minimize(jittered_lattice(5, 0.25, 9), sticky(1.1), {method, 1e-14, 20000});
    CHECK_FALSE(result.converged);
    CHECK(result.force_evaluations < 20000);
    CHECK_MESSAGE(result.message.find("only round-off is left") != std::string::npos, result.message);
  }
}

TEST_CASE("particles at the same place are named") {
  System system = jittered_lattice(5, 0.1, 1);
  system.positions[7] = system.positions[3];
  CHECK_THROWS_WITH(minimize(system, sticky(1.5)),
                    "particles 3 and 7 are at the same place: move one of them");
}

TEST_CASE("bad options are refused") {
  const System system = jittered_lattice(5, 0.1, 1);
  CHECK_THROWS_AS(minimize(system, sticky(1.5), {QuenchMethod::fast, 0}), InvalidArgument);
  CHECK_THROWS_AS(minimize(system, sticky(1.5), {QuenchMethod::fast, 1e-9, 0}), InvalidArgument);
  CHECK_THROWS_AS(minimize(system, sticky(1.5), {.flow_tolerance = 0}), InvalidArgument);
  CHECK_THROWS_WITH(quench_method("newton"),
                    "unknown quench method 'newton': choose one of fast, faithful, fire, lbfgs, cg");
  CHECK(quench_method("fire") == QuenchMethod::fire);
}

namespace {

/// A quench of the jittered lattice at constant pressure, and where it ends.
std::pair<QuenchResult, System> quenched_at(double pressure, double rc, QuenchMethod method,
                                            const System& start) {
  const QuenchResult result = minimize(start, sticky(rc), {.method = method, .pressure = pressure});
  return {result, {result.box, result.positions, start.species}};
}

}  // namespace

TEST_CASE("at constant pressure every method ends in a minimum of U + PV, for every cutoff") {
  const double pressure = 2.5;
  for (const double rc : kTriedCutoffs)
    for (const QuenchMethod method : kMethods) {
      const System start = jittered_lattice(5, 0.25, 7);
      const auto quenched = quenched_at(pressure, rc, method, start);
      const System& end = quenched.second;
      CHECK_MESSAGE(quenched.first.converged, quenched.first.message);
      const ForceField field = evaluate(end, sticky(rc));
      CHECK(max_norm(field.forces) < 1e-9);
      CHECK(field.stress.trace() / 3 == doctest::Approx(pressure).epsilon(1e-9));
      CHECK(end.box.volume() != doctest::Approx(start.box.volume()).epsilon(1e-3));
      Mechanics mechanics(end, sticky(rc));
      CHECK(mechanics.certify().positive);
      CHECK(mechanics.moduli().bulk_modulus > 0);
    }
}

TEST_CASE("near a minimum of U + PV all methods find it, from other volumes as well") {
  const double pressure = 3;
  const auto [first, rest] = quenched_at(pressure, 1.5, QuenchMethod::fast, jittered_lattice(5, 0.25, 7));
  for (const double eta : {-2e-4, 2e-4})
    for (const QuenchMethod method : kMethods) {
      System start{rest.box.dilated(eta), rest.positions, rest.species};
      for (std::size_t i = 0; i < start.positions.size(); ++i) {
        start.positions[i] *= std::exp(eta);
        start.positions[i].x += 1e-4 * (i % 2 ? 1 : -1);
      }
      const auto [again, end] = quenched_at(pressure, 1.5, method, start);
      CHECK(again.box.volume() == doctest::Approx(first.box.volume()).epsilon(1e-11));
      CHECK(again.energy == doctest::Approx(first.energy).epsilon(1e-12));
    }
}

TEST_CASE("the bulk modulus is the slope of p over ln V between minima at constant pressure") {
  const double pressure = 3, h = 1e-3;
  const auto [first, rest] = quenched_at(pressure, 1.5, QuenchMethod::fast, jittered_lattice(6, 0.25, 7));
  double volumes[2];
  for (const int side : {0, 1})
    volumes[side] = minimize(rest, sticky(1.5), {.tolerance = 1e-10, .pressure = pressure + (side ? h : -h)})
                        .box.volume();
  const double slope = -2 * h / std::log(volumes[1] / volumes[0]);
  CHECK(slope == doctest::Approx(Mechanics(rest, sticky(1.5)).moduli().bulk_modulus).epsilon(1e-6));
}

TEST_CASE("species written as diameters have the same minimum of U + PV, bit for bit") {
  const auto [by_species, by_diameter] = sticky_both_ways(1.5);
  const System start = jittered_lattice(5, 0.25, 7);
  const QuenchOptions options{.method = QuenchMethod::fast, .pressure = 3};
  const QuenchResult one = minimize(start, by_species, options);
  const QuenchResult other = minimize(as_diameters(start), by_diameter, options);
  CHECK(one.converged);
  CHECK(one.positions == other.positions);
  CHECK(one.box.lx() == other.box.lx());
}

TEST_CASE("where there is no minimum at a pressure, that is a status") {
  for (const double pressure : {-40.0, 1e6}) {
    const auto [result, end] = quenched_at(pressure, 1.5, QuenchMethod::fast, jittered_lattice(5, 0.25, 7));
    CHECK_FALSE(result.converged);
    CHECK(result.message.find("no minimum at pressure") != std::string::npos);
  }
}
