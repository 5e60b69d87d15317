// The moving particles of a simulation: packed records, their velocities, and the parts of a time step.
#pragma once

#include <functional>

#include "dynamics/dynamics.h"
#include "dynamics/swap.h"
#include "particles/list_skin.h"
#include "particles/packed_system.h"

namespace pssglass {

class Trajectory {
 public:
  /// Starts from the state, with the lists that its list_reference and the skin determine.
  Trajectory(const Box& box, const Potential& potential, const SimulationState& state, double mass,
             const ListSkin& lists, const Execution& execution);

  /// How far lists reach that are built in a box which has changed.
  void set_rule(std::function<ListSkin(const Box&)> rule) { rule_ = std::move(rule); }

  const ListSkin& lists() const { return lists_; }
  std::int64_t step() const { return step_; }
  std::int64_t rebuilds() const { return packed_.rebuilds(); }

  const Box& box() const { return packed_.box(); }

  void compute_forces();
  /// Moves the particles by one step as `motion` says (its pointers are filled in here), rebuilds the lists
  /// where necessary, and computes the forces there.
  void advance(Motion motion, double dt);
  /// Closing half kick, 0 for none; returns the kinetic energy.
  double close_step(double kick);
  void scale_velocities(double factor);
  /// Heat that the Langevin thermostat gave in the last step, where the motion tallied it.
  double heat() const { return 0.5 * mass_ * displaced_.heat; }
  /// Changes the box for one of the same shape: positions go with it, momenta against it. Lists stay valid;
  /// forces are to be computed anew. Throws BoxTooSmall for less than two cutoffs.
  void dilate(const Box& box, double dt);
  /// A block of swap moves; forces are to be computed anew. Returns the change of the energy.
  double exchange(SwapMoves& moves, const Potential& potential, std::uint64_t seed, double dt,
                  SwapRecord& record);
  /// Subtracts the mean velocity unless it is below the tolerance.
  void stop_drift(double tolerance);
  /// Positions by id, as if the box had no faces.
  Vectors unwrapped() const;
  PairSums sums() { return packed_.compute_sums(); }

  /// Throws TrajectoryDiverged unless all particles are finite and none moves too far in a step of dt.
  void check_speeds(double dt) const;
  /// Throws TrajectoryDiverged naming the fastest particle.
  [[noreturn]] void diverged(const std::string& reason) const;

  void save(SimulationState& state) const;

 private:
  void move(const Motion& motion);
  void rebuild(double dt);
  double speed2(std::int64_t slot) const;
  std::int64_t fastest() const;

  ListSkin lists_;
  std::function<ListSkin(const Box&)> rule_;
  System particles_;  // by id; positions as they were when the lists were first built, or particles last
                      // exchanged
  PackedSystem packed_;
  AlignedVector<double> velocities_;  // records by slot
  std::vector<Image> images_before_;  // by id: of the state that it started from
  std::vector<Displacement> displacements_;
  Displacement displaced_{0, 0, true};
  std::vector<double> squares_;
  double mass_, longest_move_;
  std::int64_t step_;
};

}  // namespace pssglass
