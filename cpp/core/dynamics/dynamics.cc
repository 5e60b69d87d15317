#include "dynamics/dynamics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/random.h"
#include "dynamics/thermostat.h"
#include "dynamics/trajectory.h"
#include "particles/list_skin.h"
#include "particles/overlap.h"
#include "particles/placed.h"

namespace pssglass {
namespace {

void require(bool ok, const std::string& message) {
  if (!ok) throw InvalidArgument(message);
}

void require_positive(double value, const char* name) {
  require(value > 0 && std::isfinite(value),
          std::string(name) + " must be positive and finite, got " + std::to_string(value));
}

void check(const RunSettings& s) {
  require(s.steps >= 0, "steps must not be negative, got " + std::to_string(s.steps));
  require(s.sample_every >= 0, "sample_every must not be negative, got " + std::to_string(s.sample_every));
  require_positive(s.dt, "time step");
  if (s.thermostat != Thermostat::nve || s.temperature != 0) require_positive(s.temperature, "temperature");
  if (s.thermostat == Thermostat::langevin) require_positive(s.friction, "friction");
  if (s.thermostat == Thermostat::svr) require_positive(s.relaxation_time, "relaxation_time");
}

template <class Array>
void require_size(const Array& array, std::size_t n, const char* name) {
  require(array.size() == n, std::string(name) + " has " + std::to_string(array.size()) + " entries for " +
                                 std::to_string(n) + " particles");
}

/// Their squares must be finite as well.
void require_finite_velocities(const Vectors& velocities) {
  for (std::size_t i = 0; i < velocities.size(); ++i)
    require(std::isfinite(dot(velocities[i], velocities[i])),
            "velocity of particle " + std::to_string(i) + " is not finite, or above 1e154");
}

/// Fills in what a fresh state leaves out.
SimulationState completed(SimulationState state, std::size_t n) {
  if (state.images.empty()) state.images.resize(n);
  if (state.list_reference.empty()) state.list_reference = state.positions;
  require_size(state.positions, n, "positions");
  require_size(state.velocities, n, "velocities");
  require_size(state.images, n, "images");
  require_size(state.list_reference, n, "list_reference");
  require_finite_velocities(state.velocities);
  return state;
}

Motion motion(const RunSettings& settings, double mass, std::uint64_t seed) {
  Motion m{};
  m.kick = 0.5 * settings.dt / mass;
  m.langevin = settings.thermostat == Thermostat::langevin;
  m.drift = m.langevin ? 0.5 * settings.dt : settings.dt;
  m.decay = std::exp(-settings.friction * settings.dt);
  m.noise = std::sqrt((1 - m.decay * m.decay) * settings.temperature / mass);
  m.seed = seed;
  m.stream = static_cast<std::uint32_t>(Stream::langevin);
  return m;
}

}  // namespace

struct Simulation::Engine {
  Box box;
  Species species;
  Potential potential;
  SimulationState state;
  double mass;
  std::uint64_t seed;
  int threads;
  Precision precision;
  Simd simd;
  std::int64_t rebuilds = 0;
  std::optional<Trajectory> trajectory;

  Series run(const RunSettings& settings);
  /// Whether a trajectory had any chance: the state is still the one that it began with.
  void require_apart_at_start() const {
    require_apart(interacting_pairs({box, state.positions, species}, potential), potential.max_cutoff());
  }

 private:
  void prepare(const RunSettings& settings);
  double rescale(const RunSettings& settings, double kinetic);
  void sample(double kinetic, Series& series);
};

Series Simulation::Engine::run(const RunSettings& settings) {
  check(settings);
  prepare(settings);
  Series series;
  Motion move = motion(settings, mass, seed);
  const bool rescaled = settings.thermostat == Thermostat::svr;
  // A closing half kick is put off and done together with the next opening one, unless somebody looks
  // between.
  move.kicks = 1;
  for (const std::int64_t end = state.step + settings.steps; trajectory->step() < end;) {
    trajectory->advance(move, settings.dt);
    const std::int64_t step = trajectory->step();
    const bool sampled = settings.sample_every > 0 && step % settings.sample_every == 0;
    const bool close = sampled || rescaled || step == end;
    move.kicks = close ? 1 : 2;
    if (!close) continue;
    double kinetic = trajectory->close_step(move.kick);
    if (rescaled) kinetic = rescale(settings, kinetic);
    if (sampled) sample(kinetic, series);
  }
  trajectory->check_speeds(settings.dt);
  trajectory->save(state);
  return series;
}

/// Starts a trajectory from the state unless there is one already with lists as these settings want them.
void Simulation::Engine::prepare(const RunSettings& settings) {
  double temperature = settings.temperature;
  if (temperature == 0)
    for (const auto& scale : potential.scales()) temperature = std::max(temperature, std::abs(scale.energy));
  const double longest = precision == Precision::mixed ? 0.5 * box.lx() - potential.max_cutoff()
                                                       : std::numeric_limits<double>::infinity();
  const ListSkin lists = list_skin({box, state.positions, species}, potential,
                                   std::sqrt(temperature / mass) * settings.dt, longest);
  if (!trajectory || trajectory->lists() != lists || trajectory->step() != state.step) {
    if (trajectory) rebuilds += trajectory->rebuilds();
    trajectory.emplace(box, species, potential, state, mass, lists, threads, precision, simd);
  }
  // A drift far below the thermal motion of the centre of mass is harmless; rounding stays there, and a
  // resumed run is not disturbed.
  if (settings.thermostat == Thermostat::svr)
    trajectory->stop_drift(0.01 *
                           std::sqrt(settings.temperature / (mass * static_cast<double>(species.size()))));
  trajectory->compute_forces();
}

double Simulation::Engine::rescale(const RunSettings& settings, double kinetic) {
  const auto freedoms = 3 * static_cast<std::int64_t>(species.size()) - 3;
  const double target = 0.5 * static_cast<double>(freedoms) * settings.temperature;
  const double factor =
      rescaling_factor(kinetic, target, freedoms, std::exp(-settings.dt / settings.relaxation_time), seed,
                       static_cast<std::uint64_t>(trajectory->step()));
  trajectory->scale_velocities(factor);
  return factor * factor * kinetic;
}

void Simulation::Engine::sample(double kinetic, Series& series) {
  const PairSums sums = trajectory->sums();
  series.step.push_back(trajectory->step());
  series.potential_energy.push_back(sums.energy);
  series.kinetic_energy.push_back(kinetic);
  series.pressure.push_back(2 * kinetic / (3 * box.volume()) + sums.stress.trace() / 3);
  series.stress.push_back({-sums.stress.xy, -sums.stress.xz, -sums.stress.yz});
  series.born_shear.push_back(sums.born_shear);
}

Simulation::Simulation(const Box& box, const Species& species, const Potential& potential,
                       SimulationState state, double mass, std::uint64_t seed, int threads,
                       Precision precision)
    : Simulation(box, species, potential, std::move(state), mass, seed, threads, precision, default_simd()) {}

Simulation::Simulation(const Box& box, const Species& species, const Potential& potential,
                       SimulationState state, double mass, std::uint64_t seed, int threads,
                       Precision precision, Simd simd) {
  state = completed(std::move(state), species.size());
  require_placed(box, state.positions);
  validate({box, state.list_reference, species}, potential);
  if (precision == Precision::mixed) validate_mixed(box, potential.max_cutoff());
  require_positive(mass, "mass");
  require(threads >= 1, "number of threads must be at least 1, got " + std::to_string(threads));
  engine_.reset(
      new Engine{box, species, potential, std::move(state), mass, seed, threads, precision, simd, 0, {}});
}

Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

Series Simulation::run(const RunSettings& settings) {
  try {
    return engine_->run(settings);
  } catch (const TrajectoryDiverged&) {
    engine_->require_apart_at_start();
    throw;
  }
}
const SimulationState& Simulation::state() const { return engine_->state; }
std::int64_t Simulation::rebuilds() const {
  return engine_->rebuilds + (engine_->trajectory ? engine_->trajectory->rebuilds() : 0);
}

}  // namespace pssglass
