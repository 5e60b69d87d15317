// Energy, forces and stress of one system as its particles move: a minimiser's or integrator's inner loop.
#pragma once

#include <cstdint>
#include <memory>

#include "forces/forces.h"
#include "simd/dispatch.h"

namespace pssglass {

/// Evaluates any positions of a system (wrapped or not). Keeps a Verlet list and rebuilds it once particles
/// have moved so far that a pair might be missing, so nearby configurations cost least. Results are a
/// function of the sequence of positions alone, not of the number of threads.
class ForceEvaluator {
 public:
  /// Throws as validate(system, potential) does, and InvalidArgument where threads < 1.
  ForceEvaluator(const System& system, const Potential& potential, int threads = 1);
  ForceEvaluator(const System& system, const Potential& potential, int threads, Simd simd);
  ForceEvaluator(ForceEvaluator&&) noexcept;
  ForceEvaluator& operator=(ForceEvaluator&&) noexcept;
  ~ForceEvaluator();

  /// Dilates the box for what follows. Throws BoxTooSmall for less than two cutoffs.
  void set_box(const Box& box);

  /// Energy at `positions` (N, any periodic images); forces are written to `forces`, resized to N.
  /// Throws InvalidArgument where a position is not finite or the number of positions is not N.
  double energy_forces(const Vectors& positions, Vectors& forces);
  /// The same with the stress Σ_pairs f⊗r / V.
  ForceField evaluate(const Vectors& positions);

  std::int64_t evaluations() const;
  /// Verlet lists built so far.
  std::int64_t rebuilds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pssglass
