#include <Eigen/SparseCholesky>
#include <limits>

#include "mechanics/sparse_cholesky.h"

namespace pssglass {
namespace {

class EigenCholesky final : public SparseCholesky {
 public:
  void analyze(const BlockedMatrix& matrix) override { solver_.analyzePattern(map(matrix)); }
  bool factorize(const BlockedMatrix& matrix) override {
    solver_.factorize(map(matrix));
    return solver_.info() == Eigen::Success;
  }
  void solve(Matrix& columns) override { columns = solver_.solve(columns).eval(); }
  Inertia inertia(const BlockedMatrix& matrix) override {
    const Eigen::SimplicialLDLT<Sparse, Eigen::Upper> factor(map(matrix));
    if (factor.info() != Eigen::Success) return {0, std::numeric_limits<double>::infinity()};
    const Vector pivots = factor.vectorD();
    // Without a choice of pivots, L·D·Lᵀ can grow as the squares of the columns of L, weighted by D.
    const Vector squares = Sparse(factor.matrixL()).cwiseAbs2() * pivots.cwiseAbs();
    return {static_cast<int>((pivots.array() < 0).count()), squares.maxCoeff()};
  }

 private:
  using Sparse = Eigen::SparseMatrix<double, Eigen::ColMajor, int>;
  static Sparse map(const BlockedMatrix& m) {
    return Eigen::Map<const Sparse>(m.size(), m.size(), static_cast<Eigen::Index>(m.values.size()),
                                    m.start.data(), m.rows.data(), m.values.data());
  }

  Eigen::SimplicialLLT<Sparse, Eigen::Upper> solver_;
};

}  // namespace

std::unique_ptr<SparseCholesky> eigen_cholesky() { return std::make_unique<EigenCholesky>(); }

std::unique_ptr<SparseCholesky> sparse_cholesky(int threads) {
  auto cholmod = cholmod_cholesky(threads);
  return cholmod ? std::move(cholmod) : eigen_cholesky();
}

}  // namespace pssglass
