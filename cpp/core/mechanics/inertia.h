// How many eigenvalues of a sparse symmetric matrix are negative (Sylvester's law of inertia).
#pragma once

#include <cstddef>
#include <vector>

#include "mechanics/sparse_cholesky.h"

namespace pssglass {

/// Groups of columns with one sparsity pattern in the factor of a permuted matrix, each group after those
/// that update it.
struct Supernodes {
  std::vector<int> order;      ///< column k of the factor belongs to row order[k] of the matrix
  std::vector<int> first;      ///< group g holds the columns [first[g], first[g + 1])
  std::vector<int> row_start;  ///< and the rows row_start[g] … row_start[g + 1] of `rows`
  std::vector<int> rows;       ///< ascending, the group's own columns first

  std::size_t size() const { return first.size() - 1; }
};

/// By L·D·Lᵀ, one dense front for each group, in panels of columns: Cholesky's method where a panel's pivots
/// are positive definite, else their eigenvectors. The factor is not kept.
/// I. S. Duff and J. K. Reid, ACM Trans. Math. Softw. 9, 302 (1983), doi:10.1145/356044.356047.
Inertia multifrontal_inertia(const Supernodes& supernodes, const BlockedMatrix& matrix);

}  // namespace pssglass
