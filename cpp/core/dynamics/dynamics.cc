#include "dynamics/dynamics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "base/random.h"
#include "dynamics/thermostat.h"
#include "dynamics/trajectory.h"
#include "particles/list_skin.h"
#include "particles/overlap.h"
#include "particles/pair_scales.h"
#include "particles/valid_positions.h"

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
  for (std::size_t f = 0; f < s.frames.size(); ++f)
    require(s.frames[f] >= (f ? s.frames[f - 1] + 1 : 0) && s.frames[f] <= s.steps,
            "frames must ascend from 0 to " + std::to_string(s.steps) + ", the number of steps; there is " +
                std::to_string(s.frames[f]));
  require(!s.swap || s.thermostat != Thermostat::nve,
          "swap needs a thermostat, as nve conserves the energy: use langevin or svr");
  if (!s.barostat) return;
  require(s.thermostat != Thermostat::nve, "constant pressure needs a thermostat: use langevin or svr");
  require_positive(s.barostat->pressure, "pressure");
  require_positive(s.barostat->relaxation_time, "barostat relaxation time");
  require_positive(s.barostat->compressibility, "compressibility");
  require_positive(s.barostat->largest_volume, "largest volume");
  require(s.barostat->every >= 1, "steps between two moves of the volume must be at least 1, got " +
                                      std::to_string(s.barostat->every));
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

/// Boxes of the same shape, that is, but for round-off.
void require_dilated(const Box& box, const Box& other) {
  const double x = other.lx() / box.lx(), y = other.ly() / box.ly(), z = other.lz() / box.lz();
  require(std::abs(x - y) + std::abs(x - z) < 1e-9 * x && box.xy() == other.xy() && box.xz() == other.xz() &&
              box.yz() == other.yz(),
          "the box of list_reference must be a dilation of the box: leave list_reference and its box out");
}

/// Fills in what a fresh state leaves out.
SimulationState completed(SimulationState state, const Box& box) {
  const std::size_t n = state.species.size();
  if (state.images.empty()) state.images.resize(n);
  if (state.list_reference.empty()) state.list_reference = state.positions;
  require_size(state.positions, n, "positions");
  require_size(state.velocities, n, "velocities");
  require_size(state.images, n, "images");
  require_size(state.list_reference, n, "list_reference");
  if (state.list_box) require_dilated(box, *state.list_box);
  require_finite_velocities(state.velocities);
  return state;
}

Motion motion(const RunSettings& settings, double mass, std::uint64_t seed) {
  Motion m{};
  m.kick = 0.5 * settings.dt / mass;
  m.langevin = settings.thermostat == Thermostat::langevin;
  m.tally = settings.barostat.has_value();
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
  Potential potential;
  SimulationState state;
  double mass;
  std::uint64_t seed;
  Execution execution;
  std::int64_t rebuilds = 0;
  std::optional<Trajectory> trajectory;
  BarostatRecord barostat_record;
  SwapRecord swap_record;
  Frames frames;
  double heat = 0;  // given by thermostat and barostat in the last run, if it had a barostat

  Series run(const RunSettings& settings);
  /// Whether a trajectory had any chance: the state is still the one that it began with.
  void require_apart_at_start() const {
    const System system{box, state.positions, state.species, state.diameters};
    require_apart(interacting_pairs(system, potential), longest_cutoff(system, potential));
  }

 private:
  std::int64_t freedoms(const RunSettings& settings) const {
    const auto all = 3 * static_cast<std::int64_t>(state.species.size());
    return settings.thermostat == Thermostat::svr ? all - 3 : all;
  }
  ListSkin skin_in(const Box& where, const RunSettings& settings) const;
  void prepare(const RunSettings& settings);
  Series advance(const RunSettings& settings, const std::optional<Barostat>& barostat);
  double rescale(const RunSettings& settings, double kinetic);
  double move_volume(const RunSettings& settings, const Barostat& barostat, double kinetic);
  CellPoint cell_point(double kinetic);
  double effective_energy(const Barostat& barostat, double kinetic) {
    return barostat.energy(cell_point(kinetic)) - heat;
  }
  void sample(double kinetic, Series& series);
  void take_frame();
};

Series Simulation::Engine::run(const RunSettings& settings) {
  check(settings);
  prepare(settings);
  std::optional<Barostat> barostat;
  if (const auto& s = settings.barostat)
    barostat.emplace(*s, settings.temperature, static_cast<double>(s->every) * settings.dt,
                     static_cast<std::int64_t>(state.species.size()), freedoms(settings));
  Series series;
  try {
    series = advance(settings, barostat);
  } catch (const BoxTooSmall& error) {
    if (!barostat) throw;
    std::ostringstream reason;
    reason << "the box collapsed to volume " << trajectory->box().volume() << " at pressure "
           << settings.barostat->pressure << " (" << error.what() << "), or lower the pressure";
    throw TrajectoryDiverged(trajectory->step(), reason.str());
  }
  trajectory->check_speeds(settings.dt);
  trajectory->save(state);
  box = trajectory->box();
  return series;
}

Series Simulation::Engine::advance(const RunSettings& settings, const std::optional<Barostat>& barostat) {
  Series series;
  barostat_record = {};
  swap_record = {};
  frames = {};
  std::optional<SwapMoves> moves;
  if (const auto& s = settings.swap)
    moves.emplace(System{box, state.positions, state.species, state.diameters}, potential, execution.simd, *s,
                  settings.temperature);
  heat = 0;
  const double start = barostat ? effective_energy(*barostat, trajectory->close_step(0)) : 0;
  Motion move = motion(settings, mass, seed);
  const bool rescaled = settings.thermostat == Thermostat::svr;
  // A closing half kick is put off and done together with the next opening one, unless somebody looks
  // between.
  move.kicks = 1;
  auto next_frame = settings.frames.begin();
  const auto look = [&] {
    if (next_frame == settings.frames.end() || trajectory->step() != state.step + *next_frame) return;
    take_frame();
    ++next_frame;
  };
  look();
  for (const std::int64_t end = state.step + settings.steps; trajectory->step() < end; look()) {
    trajectory->advance(move, settings.dt);
    heat += trajectory->heat();
    const std::int64_t step = trajectory->step();
    const bool sampled = settings.sample_every > 0 && step % settings.sample_every == 0;
    const bool moved = barostat && step % settings.barostat->every == 0;
    const bool swapped = moves && step % settings.swap->every == 0;
    const bool close = sampled || rescaled || moved || swapped || step == end;
    move.kicks = close ? 1 : 2;
    if (!close) continue;
    double kinetic = trajectory->close_step(move.kick);
    if (rescaled) kinetic = rescale(settings, kinetic);
    if (swapped) {
      heat += trajectory->exchange(*moves, potential, seed, settings.dt, swap_record);
      trajectory->compute_forces();
    }
    if (moved) kinetic = move_volume(settings, *barostat, kinetic);
    if (sampled) sample(kinetic, series);
    if (barostat && (sampled || step == end))
      barostat_record.effective_energy_change = effective_energy(*barostat, kinetic) - start;
    if (barostat && sampled) {
      series.volume.push_back(trajectory->box().volume());
      series.effective_energy.push_back(barostat_record.effective_energy_change);
    }
  }
  return series;
}

/// At constant pressure that of a volume rounded down to some per cent, so that it seldom changes.
ListSkin Simulation::Engine::skin_in(const Box& where, const RunSettings& settings) const {
  constexpr double kRatio = 1.02;
  double temperature = settings.temperature;
  if (temperature == 0)
    for (const auto& scale : potential.scales()) temperature = std::max(temperature, std::abs(scale.energy));
  Box rounded = where;
  if (settings.barostat) {
    const double logarithm = std::log(where.volume());
    rounded = where.dilated((std::log(kRatio) * std::floor(logarithm / std::log(kRatio)) - logarithm) / 3);
  }
  const System system{rounded, state.positions, state.species, state.diameters};
  const double longest = execution.precision == Precision::mixed
                             ? 0.5 * rounded.lx() - longest_cutoff(system, potential)
                             : std::numeric_limits<double>::infinity();
  return list_skin(system, potential, std::sqrt(temperature / mass) * settings.dt, longest);
}

/// Starts a trajectory from the state unless there is one already with lists as these settings want them.
void Simulation::Engine::prepare(const RunSettings& settings) {
  const ListSkin lists = skin_in(state.list_box.value_or(box), settings);
  if (!trajectory || trajectory->lists() != lists || trajectory->step() != state.step) {
    if (trajectory) rebuilds += trajectory->rebuilds();
    trajectory.emplace(box, potential, state, mass, lists, execution);
  }
  trajectory->set_rule([this, settings](const Box& where) { return skin_in(where, settings); });
  // A drift far below the thermal motion of the centre of mass is harmless; rounding stays there, and a
  // resumed run is not disturbed.
  if (settings.thermostat == Thermostat::svr)
    trajectory->stop_drift(
        0.01 * std::sqrt(settings.temperature / (mass * static_cast<double>(state.species.size()))));
  trajectory->compute_forces();
}

double Simulation::Engine::rescale(const RunSettings& settings, double kinetic) {
  const std::int64_t count = freedoms(settings);
  const double target = 0.5 * static_cast<double>(count) * settings.temperature;
  const double factor =
      rescaling_factor(kinetic, target, count, std::exp(-settings.dt / settings.relaxation_time), seed,
                       static_cast<std::uint64_t>(trajectory->step()));
  trajectory->scale_velocities(factor);
  heat += factor * factor * kinetic - kinetic;
  return factor * factor * kinetic;
}

/// Returns the kinetic energy afterwards.
double Simulation::Engine::move_volume(const RunSettings& settings, const Barostat& barostat,
                                       double kinetic) {
  const auto step = static_cast<std::uint64_t>(trajectory->step());
  const Box before = trajectory->box();
  const CellPoint from = cell_point(kinetic);
  if (!std::isfinite(from.energy + from.pressure)) trajectory->diverged("energy or pressure is not finite");
  const double volume = barostat.propose(from, seed, step);
  if (!(volume <= settings.barostat->largest_volume)) {
    std::ostringstream reason;
    reason << "the volume grew to " << volume << ", above the bound " << settings.barostat->largest_volume
           << ": the liquid evaporates at pressure " << settings.barostat->pressure
           << ", raise it or lower the temperature";
    throw TrajectoryDiverged(trajectory->step(), reason.str());
  }
  const auto dilate = [&](const Box& to) {
    const double shrinkage = trajectory->box().lx() / to.lx();
    trajectory->dilate(to, settings.dt);
    return kinetic *= shrinkage * shrinkage;
  };
  dilate(before.dilated(std::log(volume / before.volume()) / 3));
  const CellPoint to = cell_point(kinetic);
  ++barostat_record.moves;
  barostat_record.cut += barostat.cuts(from, to);
  if (barostat.accepts(from, to, seed, step)) {
    ++barostat_record.accepted;
    heat += barostat.heat(from, to);
  } else {
    dilate(before);
  }
  trajectory->compute_forces();
  return kinetic;
}

CellPoint Simulation::Engine::cell_point(double kinetic) {
  const PairSums sums = trajectory->sums();
  const double volume = trajectory->box().volume();
  return {volume, sums.energy + kinetic, 2 * kinetic / (3 * volume) + sums.stress.trace() / 3};
}

void Simulation::Engine::take_frame() {
  frames.positions.push_back(trajectory->unwrapped());
  frames.boxes.push_back(trajectory->box());
}

void Simulation::Engine::sample(double kinetic, Series& series) {
  const PairSums sums = trajectory->sums();
  series.step.push_back(trajectory->step());
  series.potential_energy.push_back(sums.energy);
  series.kinetic_energy.push_back(kinetic);
  series.pressure.push_back(2 * kinetic / (3 * trajectory->box().volume()) + sums.stress.trace() / 3);
  series.stress.push_back({-sums.stress.xy, -sums.stress.xz, -sums.stress.yz});
  series.born_shear.push_back(sums.born_shear);
}

Simulation::Simulation(const Box& box, const Potential& potential, SimulationState state, double mass,
                       std::uint64_t seed, const Execution& execution) {
  state = completed(std::move(state), box);
  require_valid_positions(box, state.positions);
  const System listed{state.list_box.value_or(box), state.list_reference, state.species, state.diameters};
  validate(listed, potential);
  const double cutoff = longest_cutoff(listed, potential);
  box.require_cutoff(cutoff);
  if (execution.precision == Precision::mixed) validate_mixed(box, cutoff);
  require_positive(mass, "mass");
  require(execution.threads >= 1,
          "number of threads must be at least 1, got " + std::to_string(execution.threads));
  engine_.reset(new Engine{box, potential, std::move(state), mass, seed, execution, 0, {}, {}, {}, {}, 0});
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
const Box& Simulation::box() const { return engine_->box; }
const BarostatRecord& Simulation::barostat_record() const { return engine_->barostat_record; }
const SwapRecord& Simulation::swap_record() const { return engine_->swap_record; }
const Frames& Simulation::frames() const { return engine_->frames; }
std::int64_t Simulation::rebuilds() const {
  return engine_->rebuilds + (engine_->trajectory ? engine_->trajectory->rebuilds() : 0);
}

}  // namespace pssglass
