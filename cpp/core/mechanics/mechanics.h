// Everything that linear algebra says about one configuration, each piece computed once, on demand.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "forces/energetics.h"
#include "forces/strain.h"
#include "mechanics/backbone.h"
#include "mechanics/certificate.h"
#include "mechanics/hessian.h"
#include "mechanics/modes.h"
#include "mechanics/response.h"

namespace pssglass {

class CgSolver;
class CholeskyFactor;

/// The linear mechanics of one configuration. Not for concurrent calls: every call may fill the cache.
/// What needs M⁺ throws NotPositiveDefinite where the configuration is no minimum.
///
/// Rattlers are left out: M, strains and pairs are those of the backbone. Columns have 3N rows all the same,
/// with zeros in the rows of rattlers.
class Mechanics {
 public:
  /// Throws InvalidArgument or BoxTooSmall as validate(system, potential) and require_apart do.
  Mechanics(System system, const Potential& potential, int threads = 1);
  ~Mechanics();
  Mechanics(Mechanics&&) noexcept;
  Mechanics& operator=(Mechanics&&) noexcept;

  const System& system() const { return system_; }
  /// Interacting pairs i < j of the backbone, sorted.
  std::vector<IndexPair> pairs() const;
  const Backbone& backbone() const { return backbone_; }
  /// The same pairs in the same order, with their terms, by numbers of the backbone.
  const Pairs& backbone_pairs() const { return backbone_.is_whole() ? pairs_ : inner_; }
  const Potential& potential() const { return potential_; }
  int threads() const { return threads_; }

  /// Of all particles, but the coordination, which is that of the backbone.
  Energetics energetics() const;
  /// Of the backbone.
  const Hessian& hessian();
  /// Where its values stand in the matrix of all particles, whose rows are empty for rattlers.
  CsrPattern csr_pattern();
  const Moduli& moduli();
  /// Virials are those of all particles.
  Elasticity elasticity();
  /// Never throws NotPositiveDefinite: it is what finds out.
  const Certificate& certify();
  /// M⁺·b with translations projected out, for each column of b (3N × n).
  Matrix solve(ConstMatrixView b);
  /// The lowest modes, none missing; throws NotConverged where that cannot be shown.
  Modes modes(int count, double tolerance = 1e-10, Eigensolver solver = Eigensolver::block);
  /// The largest eigenvalue of the Hessian, minimum or not.
  double largest_eigenvalue();
  /// ω_g of the response to a force dipole on each pair of particles, of which none may be a rattler.
  Vector dipole_response(const std::vector<IndexPair>& pairs);

 private:
  /// Null where the Hessian is not positive definite.
  const CholeskyFactor* try_factor();
  const CholeskyFactor& factor();
  const CgSolver& cg_solver();
  /// Throws NotPositiveDefinite where all particles are rattlers.
  void require_backbone() const;
  LinearOperator pseudo_inverse();
  SpectrumCount spectrum_count();
  /// M⁺·b for columns of the backbone alone.
  Matrix backbone_response(ConstMatrixView b, double tolerance);

  System system_;
  Potential potential_;
  int threads_;
  Pairs pairs_;  // all of them
  double max_force_;
  Backbone backbone_;
  Pairs inner_;                       // those of the backbone, where it is not whole
  std::unique_ptr<Hessian> hessian_;  // at a fixed address: the solver refers to it
  std::unique_ptr<CholeskyFactor> factor_;
  bool indefinite_ = false;
  std::unique_ptr<CgSolver> cg_solver_;
  std::optional<Moduli> moduli_;
  std::optional<Certificate> certificate_;
};

}  // namespace pssglass
