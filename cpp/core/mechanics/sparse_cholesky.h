// Sparse Cholesky factorisation of a symmetric matrix of 3×3 blocks, behind one interface for each library.
#pragma once

#include <memory>
#include <vector>

#include "base/columns.h"

namespace pssglass {

/// Upper triangle by columns (rows ascending), with the graph of the 3×3 blocks in the same form.
struct BlockedMatrix {
  std::vector<int> graph_start, graph_rows;
  std::vector<int> start, rows;
  std::vector<double> values;

  int size() const { return static_cast<int>(start.size()) - 1; }
};

/// The number of negative eigenvalues, exact for some matrix that differs by a few round-off errors of the
/// largest number met on the way.
struct Inertia {
  int negative = 0;
  double largest = 0;
};

class SparseCholesky {
 public:
  virtual ~SparseCholesky() = default;
  /// Ordering and symbolic factorisation, kept for every matrix of the same pattern.
  virtual void analyze(const BlockedMatrix& matrix) = 0;
  /// False where the matrix is not positive definite.
  virtual bool factorize(const BlockedMatrix& matrix) = 0;
  /// Replaces each column by the solution.
  virtual void solve(Matrix& columns) = 0;
  /// Of any symmetric matrix of the analysed pattern; the factor is left alone.
  virtual Inertia inertia(const BlockedMatrix& matrix) = 0;
};

/// CHOLMOD, supernodal, ordered on the graph of the blocks, its BLAS on `threads` threads; null where the
/// build has none.
std::unique_ptr<SparseCholesky> cholmod_cholesky(int threads);
/// Eigen's SimplicialLLT: always there, tens of times slower.
std::unique_ptr<SparseCholesky> eigen_cholesky();
/// The fastest that the build has.
std::unique_ptr<SparseCholesky> sparse_cholesky(int threads = 1);

}  // namespace pssglass
