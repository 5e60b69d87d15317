// M⁺·b without a factorisation: conjugate gradients on several columns at once. For few right-hand sides, and
// for systems too large to factorise.
#pragma once

#include <vector>

#include "base/columns.h"
#include "mechanics/cg_kernel.h"
#include "mechanics/hessian.h"

namespace pssglass {

/// Conjugate gradients preconditioned by symmetric block Gauss–Seidel. With Eisenstat's trick
/// [doi:10.1137/0902001] a preconditioned product costs one sweep back and one forth through the off-diagonal
/// blocks, which is as much as the product alone.
class CgSolver {
 public:
  /// Refers to the Hessian, which must outlive the solver.
  explicit CgSolver(const Hessian& hessian, int threads = 1);

  struct Solution {
    Matrix x;                ///< translations projected out
    int iterations = 0;      ///< the most that any group of columns took
    bool converged = false;  ///< every residual ‖P·b − M·x‖ is at most tolerance·‖P·b‖
    bool positive = true;    ///< false: met a direction in which M is not positive
  };
  Solution solve(ConstMatrixView b, double tolerance) const;

 private:
  template <int width>
  Solution solve_columns(const Matrix& b, double tolerance) const;
  template <int width>
  bool descend(const Vector& reduction, CgState<width>& state, int& iterations) const;

  const Hessian& hessian_;
  int threads_;
  std::vector<int>
      order_;  // particle of each block row: breadth-first, so that neighbours are near in memory
  SweepMatrix matrix_;
  bool stable_cages_ = true;  // every diagonal block is positive definite
};

}  // namespace pssglass
