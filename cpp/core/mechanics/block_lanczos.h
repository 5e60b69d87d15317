// Extreme eigenpairs of a symmetric operator by block Lanczos iteration.
#pragma once

#include <cstdint>
#include <functional>

#include "base/columns.h"

namespace pssglass {

/// A symmetric operator applied to each column.
using LinearOperator = std::function<Matrix(ConstMatrixView)>;

struct Eigenpairs {
  Vector values;
  Matrix vectors;  ///< orthonormal columns
  bool converged = false;
};

/// Where an iteration begins. The default finds no more members of a degenerate eigenvalue than the block has
/// columns.
struct LanczosStart {
  Matrix orthogonal_to = {};     ///< orthonormal eigenvectors that are known, and are not to be found again
  Eigen::Index width = 8;        ///< columns of a block
  std::uint64_t first_draw = 0;  ///< of the random columns: another start draws others
};

/// The `count` largest eigenvalues, descending, of an operator on 3N components that maps translations to
/// zero, which are left out. An unrestarted Krylov space grows by blocks, because the operator is far cheaper
/// on several columns at once than on one after another, until each residual ‖A·v − θ·v‖ is below tolerance·θ
/// or the space is many times larger than `count`.
Eigenpairs largest_eigenpairs(const LinearOperator& apply, Eigen::Index size, Eigen::Index count,
                              double tolerance, const LanczosStart& start = {});

}  // namespace pssglass
