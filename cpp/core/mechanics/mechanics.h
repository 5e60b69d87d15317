// Everything that linear algebra says about one configuration, each piece computed once, on demand.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "forces/energetics.h"
#include "forces/strain.h"
#include "mechanics/certificate.h"
#include "mechanics/hessian.h"
#include "mechanics/modes.h"
#include "mechanics/response.h"

namespace pssglass {

class CgSolver;
class CholeskyFactor;

/// The linear mechanics of one configuration. Not for concurrent calls: every call may fill the cache.
/// What needs M⁺ throws NotPositiveDefinite where the configuration is no minimum.
class Mechanics {
 public:
  /// Throws InvalidArgument or BoxTooSmall as validate(system, potential) and require_apart do.
  Mechanics(System system, const Potential& potential, int threads = 1);
  ~Mechanics();
  Mechanics(Mechanics&&) noexcept;
  Mechanics& operator=(Mechanics&&) noexcept;

  const System& system() const { return system_; }
  /// Interacting pairs i < j, sorted.
  const Pairs& pairs() const { return pairs_; }

  Energetics energetics() const;
  const Hessian& hessian();
  const Moduli& moduli();
  /// Never throws NotPositiveDefinite: it is what finds out.
  const Certificate& certify();
  /// M⁺·b with translations projected out, for each column of b (3N × n).
  Matrix solve(ConstMatrixView b);
  /// The lowest modes, none missing; throws NotConverged where that cannot be shown.
  Modes modes(int count, double tolerance = 1e-10, Eigensolver solver = Eigensolver::block);
  /// The largest eigenvalue of the Hessian, minimum or not.
  double largest_eigenvalue();
  /// ω_g of the response to a force dipole on each pair of particles.
  Vector dipole_response(const std::vector<IndexPair>& pairs);

 private:
  /// Null where the Hessian is not positive definite.
  const CholeskyFactor* try_factor();
  const CholeskyFactor& factor();
  const CgSolver& cg_solver();
  LinearOperator pseudo_inverse();
  SpectrumCount spectrum_count();
  Matrix solve(ConstMatrixView b, double tolerance);

  System system_;
  int threads_;
  Pairs pairs_;
  std::unique_ptr<Hessian> hessian_;  // at a fixed address: the solver refers to it
  std::unique_ptr<CholeskyFactor> factor_;
  bool indefinite_ = false;
  std::unique_ptr<CgSolver> cg_solver_;
  std::optional<Moduli> moduli_;
  std::optional<Certificate> certificate_;
};

}  // namespace pssglass
