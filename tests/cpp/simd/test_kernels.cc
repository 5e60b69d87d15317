#include <doctest/doctest.h>

#include <string>

#include "forces/force_evaluator.h"
#include "models.h"
#include "particles/packed_system.h"
#include "particles/pair_scales.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr Simd kSets[] = {Simd::baseline, Simd::avx2, Simd::avx512};

/// Kob–Andersen mixture: pair energies differ, one piece throughout.
Potential kob_andersen() {
  const TaperedLJ::Piece lj{4, 4, 0.161960951808, -0.03880620392448, 0.0024805046747136, 0};
  return Potential({1, 1.5, 1.5, 0.5}, {1, 0.8, 0.8, 0.88}, TaperedLJ{lj, lj, 0, 6.25});
}

/// The same with 2 or 4 terms that end it, so that φ′, or φ‴ as well, vanishes at the cutoff.
Potential kob_andersen(const std::vector<double>& taper) {
  return Potential({1, 1.5, 1.5, 0.5}, {1, 0.8, 0.8, 0.88},
                   InversePowers<1>::from({{{6, 12}, {-4, 4}, taper, {2.5}}}));
}

const std::vector<double> kShiftedForce{0.065066237952, -0.00779989549056},
    kSmoother{0.322042855424, -0.11564551766016, 0.0147747948724224, -0.000655695477211136};
const std::vector<double> kEqual{1, 1, 1, 1}, kUnequal{1, 1.5, 1.5, 0.5};

/// A polynomial below the joint as well, and three species.
Potential three_species() {
  const TaperedLJ::Piece inner{4, 4, 0.1, 0.2, -0.3, 0.05}, outer{1.2, 2, 0.3, -0.1, 0.02, 0.01};
  return Potential({1, 1, 2, 1, 1, 0.5, 2, 0.5, 1.5}, {1, 1.1, 1.2, 1.1, 1.3, 1.25, 1.2, 1.25, 1.4},
                   TaperedLJ{inner, outer, 1.2, 2});
}

System sheared(System system, double gamma) {
  system.box = system.box.sheared(gamma);
  for (Vec3& r : system.positions) r.x += gamma * r.y;
  return system;
}

/// Narrowest cubic box that the cutoff allows, filled at random on a lattice.
System smallest(const Potential& potential, int per_side) {
  System system = jittered_lattice(per_side, 0.06, 11);
  const double scale = 2 * longest_cutoff(system, potential) * (1 + 1e-12) / system.box.lx();
  system.box = Box::cubic(2 * longest_cutoff(system, potential) * (1 + 1e-12));
  for (Vec3& r : system.positions) r *= scale;
  return system;
}

void check_agrees(const System& system, const Potential& potential, Simd simd) {
  const ForceField expected = evaluate(system, potential);
  ForceEvaluator evaluator(system, potential, 1, simd);
  const ForceField field = evaluator.evaluate(system.positions);
  const double scale = max_norm(expected.forces);
  CHECK(field.energy == doctest::Approx(expected.energy).epsilon(1e-12));
  double worst = 0;
  for (std::size_t i = 0; i < system.size(); ++i)
    worst = std::max(worst, norm(field.forces[i] - expected.forces[i]));
  CHECK(worst < 1e-12 * scale);
  CHECK(field.stress.trace() == doctest::Approx(expected.stress.trace()).epsilon(1e-11));
  CHECK(field.stress.xy == doctest::Approx(expected.stress.xy).epsilon(1e-11));
  CHECK(field.stress.xz == doctest::Approx(expected.stress.xz).epsilon(1e-11));
  CHECK(field.stress.yz == doctest::Approx(expected.stress.yz).epsilon(1e-11));
}

void check_mixed(const System& system, const Potential& potential, Simd simd) {
  const ForceField expected = evaluate(system, potential);
  PackedSystem packed(system, potential, 0.3, {1, Precision::mixed, simd});
  packed.compute_forces();
  double worst = 0;
  for (std::int64_t k = 0; k < packed.size(); ++k)
    worst = std::max(worst, norm(packed.force(k) - expected.forces[packed.ids()[k]]));
  CHECK(worst < 3e-6 * max_norm(expected.forces));
  const PairSums sums = packed.compute_sums();
  CHECK(sums.energy == doctest::Approx(expected.energy).epsilon(1e-12));
  CHECK(sums.stress.xz == doctest::Approx(expected.stress.xz).epsilon(1e-11));
  CHECK(sums.stress.trace() == doctest::Approx(expected.stress.trace()).epsilon(1e-11));
}

}  // namespace

TEST_CASE("every instruction set gives the reference energy, forces and stress") {
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    CAPTURE(kernels(simd).name);
    for (double rc : kStickyCutoffs) {
      CAPTURE(rc);
      const Potential potential = sticky(rc);
      check_agrees(jittered_lattice(8, 0.08, 3), potential, simd);
      check_agrees(sheared(jittered_lattice(8, 0.08, 4), 0.35), potential, simd);
      check_agrees(smallest(potential, 4), potential, simd);
    }
    check_agrees(jittered_lattice(7, 0.05, 5), kob_andersen(), simd);
    for (const auto& taper : {kShiftedForce, kSmoother})
      check_agrees(jittered_lattice(7, 0.05, 5), kob_andersen(taper), simd);
    for (const double alpha : {2.0, 2.5}) {
      check_agrees(jittered_lattice(7, 0.1, 5), contacts(alpha), simd);
      check_agrees(sheared(jittered_lattice(8, 0.1, 5), 0.35), contacts(alpha, kUnequal), simd);
    }
    for (const auto& energies : {kEqual, kUnequal}) {
      check_agrees(sheared(jittered_lattice(8, 0.08, 5), 0.35), inverse_power(energies), simd);
      check_agrees(jittered_lattice(8, 0.08, 5), joined_powers(energies), simd);
      check_agrees(sheared(jittered_lattice(8, 0.08, 5), 0.35), table(300, energies), simd);
    }
    System mixed = jittered_lattice(6, 0.05, 6);
    for (std::size_t i = 0; i < mixed.size(); i += 3) mixed.species[i] = 2;
    check_agrees(mixed, three_species(), simd);
  }
}

TEST_CASE("a system beyond the caches, in strips of cells, has the same forces") {
  const System large = jittered_lattice(28, 0.08, 7);
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    check_agrees(large, sticky(1.5), simd);
    check_agrees(sheared(large, 0.35), sticky(1.1), simd);
  }
}

TEST_CASE("mixed precision gives forces to single precision, and sums to double") {
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    CAPTURE(kernels(simd).name);
    check_mixed(jittered_lattice(28, 0.08, 3), sticky(1.1), simd);
    for (const double rc : {1.2, 1.3, 1.5}) check_mixed(jittered_lattice(9, 0.08, 3), sticky(rc), simd);
    const System system = jittered_lattice(9, 0.05, 3);
    for (const Potential& potential :
         {kob_andersen(), kob_andersen(kShiftedForce), kob_andersen(kSmoother), contacts(2.5), contacts(2),
          contacts(2, kUnequal), inverse_power(), inverse_power(kUnequal), joined_powers(),
          joined_powers(kUnequal), table(), table(500, kUnequal)})
      check_mixed(system, potential, simd);
  }
}

TEST_CASE("more species than the kernels hold are refused") {
  const TaperedLJ::Piece lj{4, 4, 0, 0, 0, 0};
  const Potential five(std::vector<double>(25, 1), std::vector<double>(25, 1), TaperedLJ{lj, lj, 0, 2});
  CHECK_THROWS_AS(ForceEvaluator(jittered_lattice(6, 0.05, 1), five), InvalidArgument);
}

TEST_CASE("the kernels draw the normals of random.h") {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t k = 0; k < 4000; ++k) ids.push_back(k * 1048583u);
  ids.resize(ids.size() + kMaxLanes);
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    CAPTURE(kernels(simd).name);
    AlignedVector<double> out(4 * ids.size());
    const std::uint64_t seed = 0x123456789abcdefu, step = 0xfedcba9876u;
    kernels(simd).normals(seed, static_cast<std::uint32_t>(Stream::langevin), step, ids.data(), 3997,
                          out.data());
    double worst = 0;
    for (std::size_t k = 0; k < 3997; ++k) {
      const auto expected = normals(seed, Stream::langevin, step, ids[k]);
      for (std::size_t axis = 0; axis < 3; ++axis)
        worst = std::max(worst, std::abs(out[4 * k + axis] - expected[axis]));
      CHECK(out[4 * k + 3] == 0);
    }
    CHECK(worst < 1e-14);
  }
}
