// The Hessian M = ∂²U/∂x∂x: sparse, symmetric, one 3×3 block for each interacting pair and each particle.
#pragma once

#include <array>
#include <vector>

#include "base/aligned_memory.h"
#include "base/columns.h"
#include "particles/pairs.h"

namespace pssglass {

/// Where the values of a matrix in scalar compressed sparse rows stand; column indices are sorted.
struct CsrPattern {
  AlignedVector<int> indices;
  std::vector<int> indptr;
};

/// Block rows of particles. The values of block row i are three consecutive scalar rows of 3·(blocks in the
/// row) entries each, so `values` are at once the data of the scalar CSR matrix; both triangles are stored.
class Hessian {
 public:
  /// Finds the sparsity pattern and fills in the values.
  Hessian(std::size_t particles, const Pairs& pairs);

  /// New values for pairs of the same particles in the same order as at construction.
  void assemble(const Pairs& pairs);

  std::size_t particles() const { return row_start_.size() - 1; }
  /// Blocks [row_start[i], row_start[i + 1]) belong to particle i, their columns ascending.
  const std::vector<int>& row_start() const { return row_start_; }
  const std::vector<int>& columns() const { return columns_; }
  /// Where each particle's own block lies.
  const std::vector<int>& diagonal() const { return diagonal_; }
  const AlignedVector<double>& values() const { return values_; }

  /// Block k, one of row i's, as xx xy xz yy yz zz: blocks of pair forces are symmetric.
  std::array<double, 6> block(std::size_t i, int k) const {
    const auto start = static_cast<std::size_t>(row_start_[i]);
    const auto stride = 3 * (static_cast<std::size_t>(row_start_[i + 1]) - start);
    const double* first = &values_[9 * start + 3 * (static_cast<std::size_t>(k) - start)];
    return {first[0], first[1], first[2], first[stride + 1], first[stride + 2], first[2 * stride + 2]};
  }

  CsrPattern csr_pattern() const;
  /// y = M·x for each column of x (3N × n).
  void multiply(ConstMatrixView x, MatrixView y) const;

 private:
  template <int lanes>
  void multiply_columns(ConstMatrixView x, MatrixView y) const;

  std::vector<int> row_start_, columns_;
  std::vector<int> diagonal_;
  std::vector<int> partner_;  // of a block above the diagonal, its pair; of one below, the same pair's above
  AlignedVector<double> values_;
};

}  // namespace pssglass
