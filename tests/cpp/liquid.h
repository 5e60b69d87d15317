// Small liquids of sticky spheres that move, and what the tests ask of series.
#pragma once

#include <numeric>

#include "dynamics/dynamics.h"
#include "models.h"

namespace pssglass::test {

/// Maxwell velocities without total momentum.
inline Vectors maxwell(std::size_t n, double temperature, std::uint64_t seed) {
  Vectors v(n);
  Vec3 mean;
  for (std::size_t i = 0; i < n; ++i) {
    const auto g = normals(seed, kVelocities, 0, static_cast<std::uint32_t>(i));
    v[i] = Vec3{g[0], g[1], g[2]} * std::sqrt(temperature);
    mean += v[i] * (1.0 / static_cast<double>(n));
  }
  for (Vec3& u : v) u -= mean;
  return v;
}

struct Liquid {
  Potential potential;
  System system;
  SimulationState state;

  Simulation simulation(int threads = 1, Precision precision = Precision::full) const {
    return {system.box, potential, state, 1, 7, {threads, precision}};
  }
};

inline RunSettings settings(std::int64_t steps, double dt, Thermostat thermostat = Thermostat::nve,
                            double temperature = 0, std::int64_t sample_every = 0) {
  return {steps, dt, thermostat, temperature, 5, 0.1, sample_every, {}};
}

/// A lattice molten for a while.
inline Liquid liquid(double rc, int per_side, double temperature, std::int64_t steps = 600) {
  Liquid out{sticky(rc), jittered_lattice(per_side, 0.05, 9), {}};
  out.state.species = out.system.species;
  out.state.positions = out.system.positions;
  out.state.velocities = maxwell(out.system.size(), temperature, 3);
  Simulation simulation = out.simulation();
  simulation.run(settings(steps, 0.003, Thermostat::langevin, temperature));
  out.state = simulation.state();
  out.system.positions = out.state.positions;
  return out;
}

inline double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

inline double variance(const std::vector<double>& values) {
  const double m = mean(values);
  double sum = 0;
  for (const double v : values) sum += (v - m) * (v - m);
  return sum / static_cast<double>(values.size() - 1);
}

inline bool identical(const SimulationState& a, const SimulationState& b) {
  return a.step == b.step && a.positions == b.positions && a.velocities == b.velocities &&
         a.images == b.images && a.list_reference == b.list_reference &&
         a.list_box.has_value() == b.list_box.has_value() &&
         (!a.list_box || a.list_box->lx() == b.list_box->lx());
}

}  // namespace pssglass::test
