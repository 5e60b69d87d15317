// Particles that each have a diameter of their own: their pairs, lists and forces.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "forces/force_evaluator.h"
#include "models.h"
#include "particles/packed_system.h"
#include "particles/pair_scales.h"
#include "particles/pairs.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr Simd kSets[] = {Simd::baseline, Simd::avx2, Simd::avx512};

System sheared(System system, double gamma) {
  system.box = system.box.sheared(gamma);
  for (Vec3& r : system.positions) r.x += gamma * r.y;
  return system;
}

double distance2(const System& system, std::size_t i, std::size_t j) {
  const Vec3 d = system.box.minimum_image(system.positions[j] - system.positions[i]);
  return dot(d, d);
}

/// Energy and forces by a loop over everything that knows nothing of classes and cells.
ForceField by_hand(const System& system, double energy, double nonadditivity, const Hertzian& form) {
  ForceField out;
  out.forces.resize(system.size());
  for (std::size_t i = 0; i < system.size(); ++i)
    for (std::size_t j = i + 1; j < system.size(); ++j) {
      const double a = system.diameters[i], b = system.diameters[j];
      const double length = (a + b) / 2 * (1 - nonadditivity * std::abs(a - b));
      const Vec3 d = system.box.minimum_image(system.positions[j] - system.positions[i]);
      const double r = norm(d), x = r / length;
      if (x >= 1) continue;
      out.energy += energy * form.prefactor * std::pow(1 - x, form.alpha);
      const double push = energy * form.prefactor * form.alpha * std::pow(1 - x, form.alpha - 1) / length;
      out.forces[j] += d * (push / r);
      out.forces[i] -= d * (push / r);
    }
  return out;
}

void check_agrees(const System& system, const Potential& potential, Simd simd) {
  const ForceField expected = evaluate(system, potential);
  const double scale = max_norm(expected.forces);
  ForceEvaluator evaluator(system, potential, 1, simd);
  const ForceField field = evaluator.evaluate(system.positions);
  CHECK(field.energy == doctest::Approx(expected.energy).epsilon(1e-12));
  CHECK(field.stress.trace() == doctest::Approx(expected.stress.trace()).epsilon(1e-11));
  for (std::size_t i = 0; i < system.size(); ++i)
    REQUIRE(norm(field.forces[i] - expected.forces[i]) < 1e-12 * scale);
  if (system.box.xy() != 0) return;
  PackedSystem packed(system, potential, 0.3, {1, Precision::mixed, simd});
  packed.compute_forces();
  for (std::int64_t k = 0; k < packed.size(); ++k)
    REQUIRE(norm(packed.force(k) - expected.forces[packed.ids()[k]]) < 5e-6 * scale);
  CHECK(packed.compute_sums().energy == doctest::Approx(expected.energy).epsilon(1e-12));
}

}  // namespace

TEST_CASE("lengths of pairs mix the diameters, more or less than additively") {
  const System system = polydisperse(jittered_lattice(7, 0.1, 3), 0.8, 1.9);
  const Hertzian form{1.2, 2.5};
  for (const double nonadditivity : {0.0, 0.1, -0.3}) {
    const Potential potential = Potential::by_diameter(2, Mixing{nonadditivity}, form);
    const ForceField expected = by_hand(system, 2, nonadditivity, form), field = evaluate(system, potential);
    CHECK(field.energy == doctest::Approx(expected.energy).epsilon(1e-12));
    for (std::size_t i = 0; i < system.size(); ++i)
      REQUIRE(norm(field.forces[i] - expected.forces[i]) < 1e-11 * max_norm(expected.forces));
  }
}

TEST_CASE("classes of diameters never hide a pair, however the sizes are spread") {
  for (const double nonadditivity : {0.0, 0.1, -0.3}) {
    const Potential potential = Potential::by_diameter(1, Mixing{nonadditivity}, Hertzian{1, 2});
    for (System system : {polydisperse(jittered_lattice(7, 0.1, 3), 0.7, 2.1),
                          polydisperse(sheared(jittered_lattice(8, 0.1, 4), 0.3), 1.2, 1.5)}) {
      std::fill_n(system.diameters.begin(), system.size() / 3, 1.3);  // many of one size
      std::size_t expected = 0;
      for (std::size_t i = 0; i < system.size(); ++i)
        for (std::size_t j = i + 1; j < system.size(); ++j) {
          const double length = potential.mixing()->length(system.diameters[i], system.diameters[j]);
          expected += distance2(system, i, j) < length * length;
        }
      CHECK(interacting_pairs(system, potential).size() == expected);
      const SizeClasses classes = size_classes(system, potential);
      CHECK(classes.count <= kMaxSpecies);
      CHECK(*std::max_element(classes.of.begin(), classes.of.end()) == classes.count - 1);
    }
  }
}

TEST_CASE("every instruction set and precision gives the forces of particles with diameters") {
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    CAPTURE(kernels(simd).name);
    for (const double nonadditivity : {0.0, 0.1, -0.2}) {
      check_agrees(polydisperse(jittered_lattice(9, 0.05, 3), 0.8, 1.3),
                   sticky_by_diameter(1.5, nonadditivity), simd);
      check_agrees(polydisperse(sheared(jittered_lattice(9, 0.05, 4), 0.3), 0.8, 1.3),
                   sticky_by_diameter(1.1, nonadditivity), simd);
      check_agrees(polydisperse(jittered_lattice(8, 0.1, 5), 0.8, 1.9),
                   Potential::by_diameter(0.5, Mixing{nonadditivity}, Hertzian{1.2, 2.5}), simd);
    }
    const System calm = polydisperse(jittered_lattice(9, 0.05, 3), 0.8, 1.3),
                 turned = polydisperse(sheared(jittered_lattice(9, 0.05, 4), 0.3), 0.8, 1.3);
    const auto check_form = [&](const auto& form) {
      for (const System& system : {calm, turned})
        check_agrees(system, Potential::by_diameter(0.5, Mixing{0.1}, form), simd);
    };
    check_form(inverse_power_form());
    check_form(joined_form());
    check_form(table_form());
    check_form(Hertzian{1.2, 2});
    check_agrees(polydisperse(jittered_lattice(28, 0.05, 7), 0.8, 1.3), sticky_by_diameter(1.5, 0.1), simd);
  }
}

TEST_CASE("species written as diameters have the same forces, bit for bit") {
  // 1, 1.18 and 1.4: a binary mixture is two diameters with n_a = 1/24.
  const System species = jittered_lattice(11, 0.08, 3), diameters = as_diameters(species);
  for (const double rc : {1.1, 1.5})
    for (const int threads : {1, 2}) {
      const auto [one, other] = sticky_both_ways(rc);
      ForceEvaluator by_species(species, one, threads), by_diameter(diameters, other, threads);
      const ForceField expected = by_species.evaluate(species.positions),
                       field = by_diameter.evaluate(species.positions);
      CHECK(field.energy == expected.energy);
      CHECK(field.forces == expected.forces);
      CHECK(field.stress.xy == expected.stress.xy);
      const ForceField reference = evaluate(species, one), again = evaluate(diameters, other);
      CHECK(again.energy == reference.energy);
      CHECK(again.forces == reference.forces);
    }
}

TEST_CASE("diameters that are missing, superfluous or make no pair are refused") {
  const System system = polydisperse(jittered_lattice(6, 0.05, 1), 0.8, 1.3);
  const Potential potential = sticky_by_diameter(1.5, 0.1);
  const auto refusal = [&](const System& bad, const Potential& with) {
    try {
      evaluate(bad, with);
    } catch (const InvalidArgument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal(system, potential).empty());
  CHECK(refusal(system, sticky(1.5)).find("leave them out") != std::string::npos);
  System bad = system;
  bad.diameters.clear();
  CHECK(refusal(bad, potential).find("got 0 diameters for 216 particles") != std::string::npos);
  for (const double diameter : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    bad = system;
    bad.diameters[7] = diameter;
    CHECK(refusal(bad, potential).find("of particle 7 must be positive and finite") != std::string::npos);
  }
  CHECK(refusal(system, sticky_by_diameter(1.5, 3)).find("nonadditivity below") != std::string::npos);
}
