#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

#include "forces/forces.h"
#include "liquid.h"
#include "particles/list_skin.h"
#include "particles/pair_scales.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr Precision kPrecisions[] = {Precision::full, Precision::mixed};
constexpr std::pair<Precision, Thermostat> kWays[] = {
    {Precision::full, Thermostat::nve},       {Precision::full, Thermostat::langevin},
    {Precision::full, Thermostat::svr},       {Precision::mixed, Thermostat::nve},
    {Precision::mixed, Thermostat::langevin}, {Precision::mixed, Thermostat::svr}};

}  // namespace

TEST_CASE("constant energy: fluctuations fall as dt squared and there is no drift at the default time step") {
  const double default_steps[] = {0.004, 0.0048, 0.005, 0.005};  // of the models at T = 1
  for (int k = 0; k < 4; ++k) {
    CAPTURE(kStickyCutoffs[k]);
    const Liquid start = liquid(kStickyCutoffs[k], 8, 1.0);
    for (const Precision precision : kPrecisions) {
      double spread[2];
      for (int half = 0; half < 2; ++half) {
        Simulation simulation = start.simulation(1, precision);
        const Series s = simulation.run(
            settings(2000 << half, default_steps[k] / (1 << half), Thermostat::nve, 0, 10 << half));
        std::vector<double> energy;
        for (std::size_t q = 0; q < s.step.size(); ++q)
          energy.push_back(s.potential_energy[q] + s.kinetic_energy[q]);
        spread[half] = std::sqrt(variance(energy));
        const double kinetic = mean(s.kinetic_energy);
        const std::vector<double> early(energy.begin(), energy.begin() + 100),
            late(energy.end() - 100, energy.end());
        CHECK(std::abs(mean(late) - mean(early)) < 5e-4 * kinetic);
        CHECK(spread[half] < 1e-3 * kinetic);
      }
      CHECK(spread[1] < spread[0] / 2.5);
    }
  }
}

TEST_CASE("constant energy conserves momentum and runs backwards") {
  const Liquid start = liquid(1.3, 8, 2.0);
  Simulation forwards = start.simulation();
  forwards.run(settings(150, 0.003));
  Vec3 momentum, before;
  for (const Vec3& v : forwards.state().velocities) momentum += v;
  for (const Vec3& v : start.state.velocities) before += v;
  CHECK(norm(momentum - before) < 1e-10);

  Liquid turned = start;
  turned.state = forwards.state();
  for (Vec3& v : turned.state.velocities) v *= -1;
  Simulation backwards = turned.simulation();
  backwards.run(settings(150, 0.003));
  double farthest = 0;
  for (std::size_t i = 0; i < start.system.size(); ++i) {
    const Vec3 d = start.system.box.minimum_image(backwards.state().positions[i] - start.state.positions[i]);
    farthest = std::max(farthest, norm(d));
  }
  CHECK(farthest < 1e-8);
}

TEST_CASE("images count the crossings: unwrapped displacements follow the momentum, which is zero") {
  Liquid start = liquid(1.1, 6, 4.0);
  start.state.velocities = maxwell(start.system.size(), 4.0, 12);
  start.state.images.clear();
  Simulation simulation = start.simulation();
  simulation.run(settings(3000, 0.003));
  Vec3 drift;
  bool crossed = false;
  for (std::size_t i = 0; i < start.system.size(); ++i) {
    const Image& m = simulation.state().images[i];
    crossed = crossed || m.x != 0 || m.y != 0 || m.z != 0;
    drift += simulation.state().positions[i] +
             start.system.box.cartesian({double(m.x), double(m.y), double(m.z)}) - start.state.positions[i];
  }
  CHECK(crossed);
  CHECK(norm(drift) < 1e-9);
}

TEST_CASE(
    "thermostats hold the temperature, the canonical spread of kinetic energy and Maxwell's distribution") {
  const double temperature = 1.4;
  for (const Thermostat thermostat : {Thermostat::langevin, Thermostat::svr}) {
    const Liquid start = liquid(1.1, 5, temperature);
    const double freedoms =
        3.0 * static_cast<double>(start.system.size()) - (thermostat == Thermostat::svr ? 3 : 0);
    Simulation simulation = start.simulation();
    std::vector<double> kinetic, second, fourth;
    for (int block = 0; block < 100; ++block) {
      const Series s = simulation.run(settings(600, 0.002, thermostat, temperature, 50));
      kinetic.insert(kinetic.end(), s.kinetic_energy.begin(), s.kinetic_energy.end());
      double m2 = 0, m4 = 0;
      for (const Vec3& v : simulation.state().velocities)
        for (const double u : {v.x, v.y, v.z}) m2 += u * u, m4 += u * u * u * u;
      second.push_back(m2 / (3.0 * static_cast<double>(start.system.size())));
      fourth.push_back(m4 / (3.0 * static_cast<double>(start.system.size())));
    }
    // Blocking gives the mean over 120 a standard error of 0.35 %: bounds are more than five wide.
    CHECK(mean(kinetic) == doctest::Approx(0.5 * freedoms * temperature).epsilon(0.02));
    CHECK(variance(kinetic) == doctest::Approx(0.5 * freedoms * temperature * temperature).epsilon(0.35));
    CHECK(mean(fourth) / (mean(second) * mean(second)) == doctest::Approx(3.0).epsilon(0.03));
  }
}

namespace {

void check_samples(Precision precision) {
  const Liquid start = liquid(1.5, 6, 1.5);
  Simulation simulation = start.simulation(1, precision);
  const Series s = simulation.run(settings(1, 1e-3, Thermostat::nve, 0, 1));
  const System system{start.system.box, simulation.state().positions, start.system.species};
  const double volume = system.box.volume();
  // Energy where x_a is displaced by γ x_b; the periodic images follow the box.
  const auto energy = [&](int a, int b, double gamma) {
    const auto axis = [](Vec3& r, int k) -> double& { return k == 0 ? r.x : k == 1 ? r.y : r.z; };
    double sum = 0;
    for (const Pair& pair : interacting_pairs(system, start.potential)) {
      Vec3 d = pair.separation;
      axis(d, a) += gamma * axis(d, b);
      sum += start.potential
                 .terms(system.species[static_cast<std::size_t>(pair.i)],
                        system.species[static_cast<std::size_t>(pair.j)], dot(d, d))
                 .energy;
    }
    return sum;
  };
  const double h = 1e-4;
  const double rest = energy(0, 1, 0);
  CHECK(s.potential_energy[0] == doctest::Approx(rest).epsilon(1e-12));
  const auto slope = [&](int a, int b) { return (energy(a, b, h) - energy(a, b, -h)) / (2 * h * volume); };
  CHECK(s.stress[0].x == doctest::Approx(slope(0, 1)).epsilon(1e-6));
  CHECK(s.stress[0].y == doctest::Approx(slope(0, 2)).epsilon(1e-6));
  CHECK(s.stress[0].z == doctest::Approx(slope(1, 2)).epsilon(1e-6));
  double born = 0;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b < 3; ++b)
      if (a != b) born += (energy(a, b, h) - 2 * rest + energy(a, b, -h)) / (6 * h * h * volume);
  CHECK(s.born_shear[0] == doctest::Approx(born).epsilon(1e-4));

  const auto dilated = [&](double eta) {
    System larger{system.box.dilated(eta), system.positions, system.species};
    for (Vec3& r : larger.positions) r *= std::exp(eta);
    return evaluate(larger, start.potential).energy;
  };
  const double virial = -(dilated(1e-5) - dilated(-1e-5)) / (2e-5 * 3 * volume);
  double square = 0;
  for (const Vec3& v : simulation.state().velocities) square += dot(v, v);
  CHECK(s.kinetic_energy[0] == doctest::Approx(0.5 * square).epsilon(1e-12));
  CHECK(s.pressure[0] == doctest::Approx(virial + square / (3 * volume)).epsilon(1e-6));
}

}  // namespace

TEST_CASE("samples: stress and Born term are derivatives of the energy, pressure that of dilation") {
  for (const Precision precision : kPrecisions) check_samples(precision);
}

TEST_CASE(
    "lists made ahead of time hold every pair at every step, and live longer than a particle takes to "
    "leave") {
  const Liquid start = liquid(1.1, 8, 1.0, 100);
  for (const auto& [precision, thermostat] : kWays) {
    Simulation simulation = start.simulation(1, precision);
    const double dt = 0.004;
    const std::int64_t steps = 100;
    for (std::int64_t step = 0; step < steps; ++step) {
      const Series series = simulation.run(settings(1, dt, thermostat, 1.0, 1));
      System now = start.system;
      now.positions = simulation.state().positions;
      const double expected = evaluate(now, start.potential).energy;
      CHECK(series.potential_energy.at(0) == doctest::Approx(expected).epsilon(1e-11));
    }
    const double crossing = list_skin(start.system, start.potential, dt, 3).lead;
    CHECK(static_cast<double>(simulation.rebuilds()) < static_cast<double>(steps) / (1.4 * crossing));
  }
}

TEST_CASE("trajectories are bit-identical for any number of threads") {
  const Liquid start = liquid(1.5, 11, 1.0, 100);
  for (const auto& [precision, thermostat] : kWays) {
    const RunSettings run = settings(120, 0.005, thermostat, 1.0, 25);
    Simulation one = start.simulation(1, precision);
    const Series expected = one.run(run);
    CHECK(one.rebuilds() > 3);
    for (const int threads : {2, 3}) {
      Simulation several = start.simulation(threads, precision);
      const Series series = several.run(run);
      CHECK(identical(several.state(), one.state()));
      CHECK(series.potential_energy == expected.potential_energy);
      CHECK(series.stress == expected.stress);
    }
  }
}

TEST_CASE("a run split in two, also by way of a saved state, or sampled otherwise, is the same run") {
  const Liquid start = liquid(1.2, 8, 1.0, 100);
  for (const auto& [precision, thermostat] : kWays) {
    Simulation whole = start.simulation(1, precision);
    whole.run(settings(143, 0.004, thermostat, 1.0));
    Simulation halves = start.simulation(1, precision);
    halves.run(settings(60, 0.004, thermostat, 1.0, 7));
    Liquid saved = start;
    saved.state = halves.state();
    halves.run(settings(83, 0.004, thermostat, 1.0));
    Simulation resumed = saved.simulation(2, precision);
    resumed.run(settings(83, 0.004, thermostat, 1.0, 10));
    CHECK(whole.rebuilds() > 3);
    CHECK(identical(halves.state(), whole.state()));
    CHECK(identical(resumed.state(), whole.state()));
  }
}

TEST_CASE("species written as diameters move in the same way, bit for bit") {
  for (const double rc : {1.1, 1.5}) {
    Liquid species = liquid(rc, 8, 1.0, 100), diameters = species;
    std::tie(species.potential, diameters.potential) = sticky_both_ways(rc);
    diameters.system = as_diameters(species.system);
    diameters.state.species = diameters.system.species;
    diameters.state.diameters = diameters.system.diameters;
    for (const auto& [precision, thermostat] : kWays) {
      Simulation one = species.simulation(1, precision), other = diameters.simulation(2, precision);
      const RunSettings run = settings(200, 0.004, thermostat, 1.0, 20);
      const Series expected = one.run(run), series = other.run(run);
      CHECK(one.rebuilds() > 3);
      // In single precision lengths of pairs round otherwise.
      const bool same = precision == Precision::full;
      if (same) CHECK(identical(one.state(), other.state()));
      if (same) CHECK(series.stress == expected.stress);
      CHECK(series.potential_energy.at(0) == doctest::Approx(expected.potential_energy.at(0)).epsilon(1e-5));
    }
  }
}

TEST_CASE("AVX2 and AVX-512 give the same trajectory bit for bit") {
  if (!supported(Simd::avx512)) return;
  const Liquid start = liquid(1.5, 8, 1.0, 100);
  for (const auto& [precision, thermostat] : kWays) {
    const auto run = [&, p = precision, t = thermostat](Simd simd) {
      Simulation simulation(start.system.box, start.potential, start.state, 1, 7, {1, p, simd});
      simulation.run(settings(100, 0.005, t, 1.0));
      return simulation.state();
    };
    CHECK(identical(run(Simd::avx2), run(Simd::avx512)));
  }
}

TEST_CASE("a diverging trajectory says at which step and for which particle, and leaves the state alone") {
  Liquid start = liquid(1.1, 6, 1.0, 100);
  const auto failure = [](const Liquid& liquid, const RunSettings& run) {
    Simulation simulation = liquid.simulation();
    try {
      simulation.run(run);
    } catch (const TrajectoryDiverged& error) {
      CHECK(identical(simulation.state(), liquid.state));
      return std::pair{error.step, error.particle};
    }
    return std::pair{std::int64_t{-1}, std::int64_t{-1}};
  };
  Liquid kicked = start;
  kicked.state.velocities[17] = {100, 0, 0};
  CHECK(failure(kicked, settings(10, 0.004)) == std::pair{start.state.step + 1, std::int64_t{17}});

  Liquid overlapping = start;
  overlapping.state.positions[40] = overlapping.state.positions[20] + Vec3{1e-3, 0, 0};
  const auto [step, particle] = failure(overlapping, settings(10, 0.004));
  CHECK(step == start.state.step + 1);  // although the lists of the reference do not have the pair
  CHECK((particle == 20 || particle == 40));

  CHECK(failure(start, settings(5000, 0.05)).first > 0);
}

TEST_CASE("settings and states out of bounds are refused") {
  const Liquid start = liquid(1.1, 5, 1.0, 10);
  Simulation simulation = start.simulation();
  for (const RunSettings& bad :
       {settings(-1, 0.004), settings(1, 0), settings(1, std::nan("")),
        settings(1, 0.004, Thermostat::langevin, 0), settings(1, 0.004, Thermostat::svr, -1),
        settings(1, 0.004, Thermostat::nve, 0, -2)})
    CHECK_THROWS_AS(simulation.run(bad), InvalidArgument);
  Liquid broken = start;
  broken.state.velocities.pop_back();
  CHECK_THROWS_AS(broken.simulation(), InvalidArgument);
  broken = start;
  broken.state.velocities[2].y = std::nan("");
  CHECK_THROWS_AS(broken.simulation(), InvalidArgument);
  CHECK_THROWS_AS(start.simulation(0), InvalidArgument);

  Liquid sheared = liquid(1.1, 6, 1.0, 10);
  CHECK_NOTHROW(sheared.simulation(1, Precision::mixed).run(settings(1, 0.004)));
  sheared.system.box = sheared.system.box.sheared(0.1);
  CHECK_THROWS_AS(sheared.simulation(1, Precision::mixed), InvalidArgument);
  Liquid narrow = start;
  narrow.system.box = Box::cubic(2.02 * longest_cutoff(start.system, start.potential));
  for (Vec3& r : narrow.state.positions) r *= narrow.system.box.lx() / start.system.box.lx();
  narrow.state.list_reference.clear();
  CHECK_THROWS_AS(narrow.simulation(1, Precision::mixed).run(settings(1, 1e-6)), BoxTooSmall);
}
