#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "dynamics/swap.h"
#include "forces/forces.h"
#include "liquid.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr Simd kSets[] = {Simd::baseline, Simd::avx2, Simd::avx512};

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

std::int64_t total(const std::array<std::int64_t, SwapRecord::kParts>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
}

/// A liquid of sticky spheres with diameters, molten for a while.
Liquid polydisperse_liquid(int per_side = 7) {
  Liquid out{sticky_by_diameter(1.5, 0.1), polydisperse(jittered_lattice(per_side, 0.05, 9), 0.8, 1.5), {}};
  out.state.species = out.system.species;
  out.state.diameters = out.system.diameters;
  out.state.positions = out.system.positions;
  out.state.velocities = maxwell(out.system.size(), 2.0, 3);
  Simulation simulation = out.simulation();
  simulation.run(settings(200, 0.002, Thermostat::langevin, 2.0));
  out.state = simulation.state();
  out.system.positions = out.state.positions;
  return out;
}

RunSettings swapping(std::int64_t steps, Thermostat thermostat, std::int64_t sample_every = 0) {
  RunSettings run = settings(steps, 0.002, thermostat, 1.5, sample_every);
  run.swap = SwapSettings{10, 100, 0.4};
  return run;
}

/// How often each state of a few particles is visited, against what its energy says.
template <class State>
void check_boltzmann(const std::map<State, double>& energies, const std::map<State, std::int64_t>& visits,
                     double temperature) {
  double sum = 0;
  std::int64_t count = 0;
  for (const auto& [state, energy] : energies) sum += std::exp(-energy / temperature);
  for (const auto& [state, number] : visits) count += number;
  for (const auto& [state, energy] : energies) {
    const double expected = std::exp(-energy / temperature) / sum * static_cast<double>(count);
    const auto found = visits.find(state);
    const double number = found == visits.end() ? 0 : static_cast<double>(found->second);
    // Visits are correlated over a few attempts: three times the variance of independent ones.
    CHECK(std::abs(number - expected) < 5 * std::sqrt(3 * expected) + 3);
  }
}

/// Five particles in contact, fixed: every way to give them the labels that they have, diameters or species,
/// is visited as its energy says.
template <class Labels>
void check_all_assignments(Labels System::*labels, System system, const Potential& potential,
                           const SwapSettings& settings, std::size_t assignments, std::uint64_t blocks) {
  constexpr double kTemperature = 0.7;
  std::map<Labels, double> energies;
  System each = system;
  std::sort((each.*labels).begin(), (each.*labels).end());
  do energies[each.*labels] = evaluate(each, potential).energy;
  while (std::next_permutation((each.*labels).begin(), (each.*labels).end()));
  REQUIRE(energies.size() == assignments);
  SwapMoves moves(system, potential, default_simd(), settings, kTemperature);
  std::map<Labels, std::int64_t> visits;
  SwapRecord record;
  for (std::uint64_t step = 0; step < blocks; ++step) {
    moves.run(system, 11, step, record);
    ++visits[system.*labels];
  }
  check_boltzmann(energies, visits, kTemperature);
}

const Vectors kFive = {{0, 0, 0}, {1.0, 0, 0}, {0.4, 0.9, 0}, {0.5, 0.3, 0.9}, {-0.7, 0.6, 0.5}};

}  // namespace

TEST_CASE("a block returns the change of the energy and keeps the set of diameters") {
  for (const Simd simd : kSets) {
    if (!supported(simd)) continue;
    CAPTURE(kernels(simd).name);
    const Liquid liquid = polydisperse_liquid();
    System system = liquid.system;
    SwapMoves moves(system, liquid.potential, simd, {1, 2000}, 1.5);
    SwapRecord record;
    double before = evaluate(system, liquid.potential).energy;
    for (std::uint64_t step = 0; step < 3; ++step) {
      const double change = moves.run(system, 7, step, record);
      const double after = evaluate(system, liquid.potential).energy;
      CHECK(change == doctest::Approx(after - before).epsilon(1e-9));
      before = after;
    }
    CHECK(sorted(system.diameters) == sorted(liquid.system.diameters));
    CHECK(total(record.attempts) == 6000);
    CHECK(total(record.accepted) > 300);
    CHECK(record.accepted[0] * record.attempts[9] > record.accepted[9] * record.attempts[0]);
  }
}

TEST_CASE("AVX2 and AVX-512 accept the same moves") {
  if (!supported(Simd::avx512)) return;
  const Liquid liquid = polydisperse_liquid();
  System one = liquid.system, other = liquid.system;
  SwapRecord record;
  SwapMoves(one, liquid.potential, Simd::avx2, {1, 5000}, 1.5).run(one, 7, 3, record);
  SwapMoves(other, liquid.potential, Simd::avx512, {1, 5000}, 1.5).run(other, 7, 3, record);
  CHECK(one.diameters == other.diameters);
}

TEST_CASE("assignments of sizes are visited as their energies say, by exact enumeration") {
  const Potential potential = Potential::by_diameter(1, Mixing{0.1}, Hertzian{4, 2});
  const System system{Box::cubic(6), kFive, Species(5), {1.0, 1.15, 1.3, 1.45, 1.6}};
  for (const double bound : {1.0, 0.2})  // with the bound, neighbours in size only
    check_all_assignments(&System::diameters, system, potential, {1, 8, bound}, 120, 60000);
}

TEST_CASE("species exchange as their energies say, and their numbers stay") {
  const Potential potential({1, 1.5, 1.5, 0.5}, {1.2, 1.1, 1.1, 1.4}, Hertzian{4, 2});
  const System system{Box::cubic(6), kFive, {0, 0, 0, 1, 1}};
  check_all_assignments(&System::species, system, potential, {1, 8}, 10, 30000);
}

TEST_CASE("trajectories with swaps are bit-identical for any number of threads and interruption") {
  const Liquid start = polydisperse_liquid(8);
  for (const Precision precision : {Precision::full, Precision::mixed})
    for (const Thermostat thermostat : {Thermostat::langevin, Thermostat::svr}) {
      Simulation whole = start.simulation(1, precision);
      const Series series = whole.run(swapping(127, thermostat, 20));
      CHECK(total(whole.swap_record().accepted) > 50);
      Simulation threaded = start.simulation(3, precision);
      CHECK(threaded.run(swapping(127, thermostat, 20)).potential_energy == series.potential_energy);
      Simulation first = start.simulation(1, precision);
      first.run(swapping(64, thermostat, 7));
      Liquid saved = start;
      saved.state = first.state();
      Simulation resumed = saved.simulation(2, precision);
      resumed.run(swapping(63, thermostat));
      for (const Simulation* other : {&threaded, &resumed}) {
        CHECK(identical(other->state(), whole.state()));
        CHECK(other->state().diameters == whole.state().diameters);
      }
      System now = start.system;
      now.positions = whole.state().positions;
      now.diameters = whole.state().diameters;
      const Series next = whole.run(settings(1, 0.002, thermostat, 1.5, 1));
      now.positions = whole.state().positions;
      CHECK(next.potential_energy.at(0) ==
            doctest::Approx(evaluate(now, start.potential).energy).epsilon(1e-11));
    }
}

TEST_CASE("swaps that mean nothing are refused") {
  Liquid liquid = polydisperse_liquid(5);
  Simulation simulation = liquid.simulation();
  CHECK_THROWS_AS(simulation.run(swapping(1, Thermostat::nve)), InvalidArgument);
  for (const SwapSettings& bad : {SwapSettings{0, 10}, SwapSettings{1, -1}, SwapSettings{1, 10, 0.0}})
    CHECK_THROWS_AS(SwapMoves(liquid.system, liquid.potential, default_simd(), bad, 1.0), InvalidArgument);
  CHECK_THROWS_AS(SwapMoves(liquid.system, liquid.potential, default_simd(), {1, 10}, 0.0), InvalidArgument);
  std::fill(liquid.system.diameters.begin(), liquid.system.diameters.end(), 1.0);
  CHECK_THROWS_AS(SwapMoves(liquid.system, liquid.potential, default_simd(), {1, 10}, 1.0), InvalidArgument);
}
