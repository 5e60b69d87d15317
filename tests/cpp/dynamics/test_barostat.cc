#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "forces/forces.h"
#include "liquid.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

/// A system of one coordinate: energy at fixed reduced positions and momenta, and its pressure.
struct Spring {
  double stiffness, rest, kinetic;

  CellPoint at(double volume) const {
    const double strain = std::log(volume / rest), K = kinetic * std::pow(volume / rest, -2.0 / 3);
    return {volume, 0.5 * stiffness * strain * strain + K,
            -stiffness * strain / volume + 2 * K / (3 * volume)};
  }
};

/// Kolmogorov and Smirnov's distance, times √n, of volumes from the density exp(−(E + P V)/T) V^share.
double distance(std::vector<double> volumes, const Spring& spring, double pressure, double temperature,
                double share) {
  const double end = 6 * spring.rest, width = end / 20000;
  std::vector<double> cumulated{0};
  for (double v = 0.5 * width; v < end; v += width) {
    const double weight = std::exp(-(spring.at(v).energy + pressure * v) / temperature) * std::pow(v, share);
    cumulated.push_back(cumulated.back() + weight);
  }
  std::sort(volumes.begin(), volumes.end());
  double largest = 0;
  const auto n = static_cast<double>(volumes.size());
  for (std::size_t k = 0; k < volumes.size(); ++k)
    largest = std::max(largest,
                       std::abs(cumulated[static_cast<std::size_t>(volumes[k] / width)] / cumulated.back() -
                                (static_cast<double>(k) + 0.5) / n));
  return largest * std::sqrt(n);
}

RunSettings at_pressure(RunSettings run, double pressure, std::int64_t every = 5,
                        double relaxation_time = 0.5) {
  run.barostat = BarostatSettings{pressure, relaxation_time, 0.02, every, 1e6};
  return run;
}

constexpr std::pair<Precision, Thermostat> kWays[] = {{Precision::full, Thermostat::langevin},
                                                      {Precision::full, Thermostat::svr},
                                                      {Precision::mixed, Thermostat::langevin},
                                                      {Precision::mixed, Thermostat::svr}};

}  // namespace

TEST_CASE("moves of the volume draw from its exact distribution, however long they are") {
  const Spring spring{30, 10, 6};
  const double pressure = 2, temperature = 0.8;
  for (const double interval : {0.05, 0.4, 1.5})
    for (const std::int64_t freedoms : {30, 27}) {
      CAPTURE(interval);
      const Barostat barostat({pressure, 1, 0.3, 1, 1e6}, temperature, interval, 10, freedoms);
      CellPoint now = spring.at(10);
      std::vector<double> volumes;
      int accepted = 0, cut = 0;
      // One in many, so that they are as good as independent.
      const int apart = static_cast<int>(15 / interval);
      for (std::uint64_t step = 0; volumes.size() < 4000; ++step) {
        const CellPoint next = spring.at(barostat.propose(now, 3, step));
        cut += barostat.cuts(now, next);
        if (barostat.accepts(now, next, 3, step)) now = next, ++accepted;
        if (step % static_cast<std::uint64_t>(apart) == 0 && step > 200) volumes.push_back(now.volume);
      }
      CHECK(accepted > 2000);
      CHECK(cut > 2000);  // whose drift is cut as well
      // The centre of mass has its share of V where its momentum is held at zero.
      CHECK(distance(volumes, spring, pressure, temperature, freedoms == 27) < 1.95);
    }
}

TEST_CASE("the effective energy vanishes with the interval, as it does for a reversible motion") {
  const Spring spring{30, 10, 6};
  double largest[2] = {};
  for (int half = 0; half < 2; ++half) {
    const Barostat barostat({2, 1, 0.3, 1, 1e6}, 0.8, 0.01 / (1 << 2 * half), 10, 30);
    CellPoint now = spring.at(11);
    for (std::uint64_t step = 0; step < 500; ++step) {
      const CellPoint next = spring.at(barostat.propose(now, 3, step));
      const double defect = barostat.energy(next) - barostat.energy(now) - barostat.heat(now, next);
      largest[half] = std::max(largest[half], std::abs(defect));
      now = next;
    }
  }
  CHECK(largest[0] < 0.02);
  CHECK(largest[1] < largest[0] / 4);  // with the third power of the moves, the square root of the interval
}

TEST_CASE("where its drift is cut, and only there, a move changes the effective energy: downhill") {
  const Spring spring{30, 10, 6};
  const Barostat barostat({40, 1, 0.3, 1, 1e6}, 0.8, 1e-3, 10, 30);
  CellPoint now = spring.at(20);
  double whole = 0, cut = 0;
  int cuts = 0;
  for (std::uint64_t step = 0; step < 4000; ++step) {
    const CellPoint next = spring.at(barostat.propose(now, 3, step));
    const double defect = barostat.energy(next) - barostat.energy(now) - barostat.heat(now, next);
    (barostat.cuts(now, next) ? cut : whole) += defect;
    cuts += barostat.cuts(now, next);
    now = next;
  }
  CHECK(cuts > 20);
  CHECK(cuts < 2000);
  CHECK(cut < -10);
  CHECK(std::abs(whole) < 1);
}

TEST_CASE("lists hold every pair while the box shrinks and grows, and samples are of the box as it is") {
  const Liquid start = liquid(1.3, 8, 2.0);
  for (const auto& [precision, thermostat] : kWays)
    for (const double pressure : {60.0, 0.5}) {
      CAPTURE(pressure);
      Simulation simulation = start.simulation(1, precision);
      const double before = simulation.box().volume();
      for (int step = 0; step < 300; ++step) {
        const Series series =
            simulation.run(at_pressure(settings(1, 0.003, thermostat, 2.0, 1), pressure, 3, 0.1));
        const System now{simulation.box(), simulation.state().positions, start.system.species};
        const ForceField field = evaluate(now, start.potential);
        CHECK(series.potential_energy.at(0) == doctest::Approx(field.energy).epsilon(1e-11));
        CHECK(series.volume.at(0) == now.box.volume());
        CHECK(series.pressure.at(0) ==
              doctest::Approx(field.stress.trace() / 3 +
                              2 * series.kinetic_energy.at(0) / (3 * now.box.volume()))
                  .epsilon(1e-10));
      }
      const double growth = simulation.box().volume() / before;
      CHECK((pressure > 10 ? growth < 0.95 : growth > 1.05));
    }
}

TEST_CASE("bit-identical for any number of threads, and however a run is cut and taken up again") {
  const Liquid start = liquid(1.5, 8, 1.0, 100);
  for (const auto& [precision, thermostat] : kWays) {
    const auto run = [&, by = thermostat](std::int64_t steps) {
      return at_pressure(settings(steps, 0.005, by, 1.0, 10), 8.0, 7);
    };
    Simulation one = start.simulation(1, precision);
    const Series expected = one.run(run(240));
    CHECK(one.barostat_record().moves == 34);
    CHECK(one.barostat_record().accepted > 20);
    CHECK(one.box().volume() != start.system.box.volume());
    Simulation several = start.simulation(3, precision);
    CHECK(several.run(run(240)).volume == expected.volume);
    CHECK(identical(several.state(), one.state()));

    Simulation cut = start.simulation(2, precision);
    for (const std::int64_t steps : {1, 6, 14, 33, 70, 2, 114}) {
      cut.run(run(steps));
      cut = Simulation(cut.box(), start.potential, cut.state(), 1, 7, {1, precision});
    }
    CHECK(identical(cut.state(), one.state()));
    CHECK(cut.box().lx() == one.box().lx());
  }
}

TEST_CASE(
    "species written as diameters have the same volumes, bit for bit, and lists of many sizes miss no pair") {
  Liquid species = liquid(1.5, 8, 1.0, 100), diameters = species;
  std::tie(species.potential, diameters.potential) = sticky_both_ways(1.5);
  diameters.system = as_diameters(species.system);
  diameters.state.species = diameters.system.species;
  diameters.state.diameters = diameters.system.diameters;
  const RunSettings run = at_pressure(settings(200, 0.004, Thermostat::langevin, 1.0, 20), 8.0);
  Simulation one = species.simulation(), other = diameters.simulation(2);
  CHECK(one.run(run).volume == other.run(run).volume);
  CHECK(identical(one.state(), other.state()));
  for (const Precision precision : {Precision::full, Precision::mixed}) {
    Simulation pressed = diameters.simulation(1, precision);
    for (int step = 0; step < 200; ++step) {
      const Series series =
          pressed.run(at_pressure(settings(1, 0.003, Thermostat::svr, 1.0, 1), 60.0, 3, 0.1));
      const System now{pressed.box(), pressed.state().positions, diameters.state.species,
                       diameters.state.diameters};
      CHECK(series.potential_energy.at(0) ==
            doctest::Approx(evaluate(now, diameters.potential).energy).epsilon(1e-11));
    }
  }
}

TEST_CASE("the effective energy does not drift, and fluctuates by the square of the time step") {
  const Liquid start = liquid(1.5, 6, 1.0, 2000);
  for (const Thermostat thermostat : {Thermostat::langevin, Thermostat::svr}) {
    double spread[2];
    for (int half = 0; half < 2; ++half) {
      Simulation simulation = start.simulation();
      const Series s = simulation.run(at_pressure(
          settings(4000 << half, 0.005 / (1 << half), thermostat, 1.0, 10 << half), 8.0, 10, 20.0));
      const double kinetic = mean(s.kinetic_energy);
      CHECK(std::abs(simulation.barostat_record().effective_energy_change) < 0.01 * kinetic);
      CHECK(simulation.barostat_record().effective_energy_change == s.effective_energy.back());
      spread[half] = std::sqrt(variance(s.effective_energy));
      CHECK(spread[half] < 3e-3 * kinetic);
    }
    CHECK(spread[1] < spread[0] / 2);
  }
}

TEST_CASE("a box that collapses or evaporates ends the run, with step and volume; the state is kept") {
  const Liquid start = liquid(1.5, 5, 2.0);
  const auto message = [&](const RunSettings& run) -> std::string {
    Simulation simulation = start.simulation();
    try {
      simulation.run(run);
    } catch (const TrajectoryDiverged& error) {
      CHECK(error.particle == -1);
      CHECK(simulation.state().step == start.state.step);
      CHECK(simulation.box().lx() == start.system.box.lx());
      return error.what();
    }
    return "";
  };
  const std::string small =
      message(at_pressure(settings(20000, 0.001, Thermostat::langevin, 2.0), 900, 5, 0.1));
  CHECK(small.find("the box collapsed to volume") != std::string::npos);
  RunSettings thin = at_pressure(settings(20000, 0.003, Thermostat::langevin, 2.0), 0.01, 5, 0.1);
  thin.barostat->largest_volume = 2 * start.system.box.volume();
  CHECK(message(thin).find("the volume grew to") != std::string::npos);
}

TEST_CASE("settings of a barostat out of bounds are refused") {
  const Liquid start = liquid(1.5, 5, 2.0, 1);
  Simulation simulation = start.simulation();
  const auto refused = [&](Thermostat thermostat, BarostatSettings barostat) {
    RunSettings run = settings(1, 0.003, thermostat, 1.0);
    run.barostat = barostat;
    CHECK_THROWS_AS(simulation.run(run), InvalidArgument);
  };
  refused(Thermostat::nve, {1, 1, 1, 1, 1e6});
  refused(Thermostat::svr, {0, 1, 1, 1, 1e6});
  refused(Thermostat::svr, {1, -1, 1, 1, 1e6});
  refused(Thermostat::svr, {1, 1, 0, 1, 1e6});
  refused(Thermostat::svr, {1, 1, 1, 0, 1e6});
  refused(Thermostat::svr, {1, 1, 1, 1, 0});
}
