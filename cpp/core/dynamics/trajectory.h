// The moving particles of a simulation: packed records, their velocities, and the parts of a time step.
#pragma once

#include "dynamics/dynamics.h"
#include "particles/list_skin.h"
#include "particles/packed_system.h"

namespace pssglass {

class Trajectory {
 public:
  /// Starts from the state, with the lists that its list_reference and the skin determine.
  Trajectory(const Box& box, const Species& species, const Potential& potential, const SimulationState& state,
             double mass, const ListSkin& lists, int threads, Precision precision, Simd simd);

  const ListSkin& lists() const { return lists_; }
  std::int64_t step() const { return step_; }
  std::int64_t rebuilds() const { return packed_.rebuilds(); }

  void compute_forces();
  /// Moves the particles by one step as `motion` says (its pointers are filled in here), rebuilds the lists
  /// where necessary, and computes the forces there.
  void advance(Motion motion, double dt);
  /// Closing half kick, 0 for none; returns the kinetic energy.
  double close_step(double kick);
  void scale_velocities(double factor);
  /// Subtracts the mean velocity unless it is below the tolerance.
  void stop_drift(double tolerance);
  PairSums sums() { return packed_.compute_sums(); }

  /// Throws TrajectoryDiverged unless all particles are finite and none moves too far in a step of dt.
  void check_speeds(double dt) const;
  /// Throws TrajectoryDiverged naming the fastest particle.
  [[noreturn]] void diverged(const std::string& reason) const;

  void save(SimulationState& state) const;

 private:
  Displacement move(const Motion& motion);
  void rebuild(double dt);
  double speed2(std::int64_t slot) const;
  std::int64_t fastest() const;

  ListSkin lists_;
  PackedSystem packed_;
  AlignedVector<double> velocities_;  // records by slot
  std::vector<Image> images_before_;  // by id: of the state that it started from
  std::vector<Displacement> displacements_;
  std::vector<double> squares_;
  double mass_, longest_move_;
  std::int64_t step_;
};

}  // namespace pssglass
