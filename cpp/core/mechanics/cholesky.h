// The factorised Hessian and its pseudo-inverse. M has three zero modes, the translations: without the rows
// and columns of any one particle it keeps its inertia but for those three, and solving with the rest is
// exact.
#pragma once

#include <memory>
#include <vector>

#include "mechanics/hessian.h"
#include "mechanics/sparse_cholesky.h"

namespace pssglass {

class CholeskyFactor {
 public:
  /// Pins no particle: for matrices that a shift makes positive definite.
  static constexpr int kUnpinned = -1;

  /// `pinned` is the particle left out.
  explicit CholeskyFactor(std::unique_ptr<SparseCholesky> backend = sparse_cholesky(), int pinned = 0)
      : backend_(std::move(backend)), pinned_(pinned) {}

  /// Factorises M + shift·1, `shift` for an unpinned factor only. False where it is not positive definite.
  /// The symbolic factorisation is kept as long as the sparsity pattern stays the same.
  bool factorize(const Hessian& hessian, double shift = 0);

  /// Eigenvalues of M below `value`, the translations among them; for an unpinned factor. The pattern is
  /// analysed, but nothing factorised that `apply` could use.
  Inertia eigenvalues_below(const Hessian& hessian, double value);

  /// P·M⁺·b for each column, or P·(M + shift)⁻¹·P·b: translations are projected out of b and of the result.
  Matrix apply(ConstMatrixView b) const;
  /// The same, refined until the residual ‖P·b − M·x‖ is below tolerance·‖b‖ or improves no further.
  Matrix solve(const Hessian& hessian, ConstMatrixView b, double tolerance = 1e-12) const;

 private:
  void set(const Hessian& hessian, double shift);
  void set_pattern(const Hessian& hessian);
  void set_values(const Hessian& hessian, double shift);

  std::unique_ptr<SparseCholesky> backend_;
  int pinned_;
  std::vector<int> row_start_, columns_;  // the pattern that was analysed
  BlockedMatrix matrix_;
};

}  // namespace pssglass
