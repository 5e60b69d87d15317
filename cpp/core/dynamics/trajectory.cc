#include "dynamics/trajectory.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/parallel.h"
#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// A particle that moves farther than this fraction of the smallest pair length in one step has collided too
/// hard.
constexpr double kLongestMove = 0.25;

std::size_t blocks(std::int64_t n) { return (static_cast<std::size_t>(n) + kBlock - 1) / kBlock; }

}  // namespace

Trajectory::Trajectory(const Box& box, const Potential& potential, const SimulationState& state, double mass,
                       const ListSkin& lists, const Execution& execution)
    : lists_(lists),
      particles_{state.list_box.value_or(box), state.list_reference, state.species, state.diameters},
      packed_(particles_, potential, lists.skin, execution),
      velocities_(4 * particles_.size()),
      images_before_(state.images),
      displacements_(blocks(packed_.size())),
      squares_(blocks(packed_.size())),
      mass_(mass),
      longest_move_(kLongestMove * shortest_length(particles_, potential)),
      step_(state.step) {
  if (state.list_box) packed_.dilate(box);
  // Lists made for another skin may no longer hold all pairs.
  if (packed_.outdated(packed_.load(state.positions))) packed_.rebuild();
  for (std::int64_t k = 0; k < packed_.size(); ++k) {
    const Vec3& v = state.velocities[packed_.ids()[k]];
    double* record = &velocities_[static_cast<std::size_t>(4 * k)];
    record[0] = v.x, record[1] = v.y, record[2] = v.z;
  }
}

void Trajectory::compute_forces() {
  packed_.update_copies();
  packed_.compute_forces();
}

void Trajectory::advance(Motion motion, double dt) {
  motion.positions = packed_.records();
  motion.velocities = velocities_.data();
  motion.forces = packed_.forces();
  motion.reference = packed_.reference();
  motion.ids = packed_.ids();
  motion.step = static_cast<std::uint64_t>(step_++);
  move(motion);
  if (packed_.outdated(displaced_)) {
    check_speeds(dt);
    rebuild(dt);
    packed_.compute_forces();
  } else {
    compute_forces();
  }
}

/// Velocities are those of half a step ago, forces those of a step ago.
void Trajectory::rebuild(double dt) {
  if (packed_.is_dilated()) {
    lists_ = rule_(packed_.box());
    packed_.set_skin(lists_.skin);
  }
  const double time = lists_.lead * dt;
  packed_.rebuild({velocities_.data(), time, 0.5 * time * (time + dt) / mass_});
  packed_.permute_records(velocities_);
}

void Trajectory::move(const Motion& motion) {
  for_blocks(static_cast<std::size_t>(packed_.size()), packed_.threads(),
             [&](std::size_t begin, std::size_t end, std::size_t b) {
               displacements_[b] = packed_.kernels().advance(motion, static_cast<std::int64_t>(begin),
                                                             static_cast<std::int64_t>(end));
             });
  Displacement& all = displaced_ = {0, 0, true};
  for (const Displacement& d : displacements_) {
    all.second2 = std::max({std::min(all.largest2, d.largest2), all.second2, d.second2});
    all.largest2 = std::max(all.largest2, d.largest2);
    all.finite = all.finite && d.finite;
    all.heat += d.heat;
  }
}

void Trajectory::dilate(const Box& box, double dt) {
  scale_velocities(packed_.box().lx() / box.lx());
  packed_.dilate(box);
  if (packed_.outdated(packed_.displacement()))
    rebuild(dt);
  else
    packed_.update_copies();
}

double Trajectory::exchange(SwapMoves& moves, const Potential& potential, std::uint64_t seed, double dt,
                            SwapRecord& record) {
  particles_.box = packed_.box();
  for (std::int64_t k = 0; k < packed_.size(); ++k)
    particles_.positions[packed_.ids()[k]] = packed_.record(k);
  const double change = moves.run(particles_, seed, static_cast<std::uint64_t>(step_), record);
  packed_.relabel(particles_, potential);
  rebuild(dt);
  return change;
}

double Trajectory::close_step(double kick) {
  for_blocks(static_cast<std::size_t>(packed_.size()), packed_.threads(),
             [&](std::size_t begin, std::size_t end, std::size_t b) {
               squares_[b] =
                   packed_.kernels().kick(velocities_.data(), packed_.forces(), kick,
                                          static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
             });
  double sum = 0;
  for (const double square : squares_) sum += square;
  return 0.5 * mass_ * sum;
}

void Trajectory::scale_velocities(double factor) {
  for_blocks(static_cast<std::size_t>(packed_.size()), packed_.threads(),
             [&](std::size_t begin, std::size_t end, std::size_t) {
               packed_.kernels().scale(velocities_.data(), factor, static_cast<std::int64_t>(begin),
                                       static_cast<std::int64_t>(end));
             });
}

void Trajectory::stop_drift(double tolerance) {
  double mean[4] = {};
  for (std::size_t k = 0; k < velocities_.size(); ++k)
    mean[k % 4] += velocities_[k] / static_cast<double>(packed_.size());
  if (std::hypot(mean[0], mean[1], mean[2]) < tolerance) return;
  for (std::size_t k = 0; k < velocities_.size(); ++k) velocities_[k] -= mean[k % 4];
}

inline double Trajectory::speed2(std::int64_t slot) const {
  const double *v = &velocities_[static_cast<std::size_t>(4 * slot)], *r = packed_.records() + 4 * slot;
  // The position adds nothing, or not-a-number where it is lost.
  return v[0] * v[0] + v[1] * v[1] + v[2] * v[2] + 0 * (r[0] + r[1] + r[2]);
}

std::int64_t Trajectory::fastest() const {
  std::int64_t worst = 0;
  for (std::int64_t k = 0; k < packed_.size(); ++k) {
    if (std::isnan(speed2(k))) return k;
    if (speed2(k) > speed2(worst)) worst = k;
  }
  return worst;
}

void Trajectory::check_speeds(double dt) const {
  const double limit2 = longest_move_ * longest_move_ / (dt * dt);
  bool sound = true;
  for (std::int64_t k = 0; k < packed_.size(); ++k) sound &= speed2(k) <= limit2;
  if (sound) return;
  const double worst = speed2(fastest());
  if (!std::isfinite(worst)) diverged("position or velocity is not finite");
  std::ostringstream reason;
  reason << "it moves " << std::sqrt(worst) * dt << " in one step, more than " << longest_move_;
  diverged(reason.str());
}

void Trajectory::diverged(const std::string& reason) const {
  throw TrajectoryDiverged(step_, packed_.ids()[fastest()], reason);
}

Vectors Trajectory::unwrapped() const {
  Vectors positions(static_cast<std::size_t>(packed_.size()));
  for (std::int64_t k = 0; k < packed_.size(); ++k) {
    const std::size_t id = packed_.ids()[k];
    const Image &now = packed_.image(k), &before = images_before_[id];
    // Added as whole numbers, so that a resumed run rounds alike.
    const Vec3 crossings{double(before.x + now.x), double(before.y + now.y), double(before.z + now.z)};
    positions[id] = packed_.record(k) + packed_.box().cartesian(crossings);
  }
  return positions;
}

void Trajectory::save(SimulationState& state) const {
  state.step = step_;
  state.species = particles_.species;
  state.diameters = particles_.diameters;
  state.list_box = packed_.is_dilated() ? std::optional(packed_.list_box()) : std::nullopt;
  for (std::int64_t k = 0; k < packed_.size(); ++k) {
    const std::size_t id = packed_.ids()[k];
    const double *v = &velocities_[static_cast<std::size_t>(4 * k)], *r = packed_.built_reference() + 4 * k;
    const Image &now = packed_.image(k), &before = images_before_[id];
    state.positions[id] = packed_.record(k);
    state.velocities[id] = {v[0], v[1], v[2]};
    state.list_reference[id] = {r[0], r[1], r[2]};
    state.images[id] = {before.x + now.x, before.y + now.y, before.z + now.z};
  }
}

}  // namespace pssglass
