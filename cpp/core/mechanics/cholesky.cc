#include "mechanics/cholesky.h"

#include <algorithm>

namespace pssglass {
namespace {

/// Right-hand sides solved together: enough for matrix-matrix products, few enough to stay in cache.
constexpr Eigen::Index kColumns = 64;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

}  // namespace

bool CholeskyFactor::factorize(const Hessian& hessian, double shift) {
  set(hessian, shift);
  return backend_->factorize(matrix_);
}

Inertia CholeskyFactor::eigenvalues_below(const Hessian& hessian, double value) {
  set(hessian, -value);
  return backend_->inertia(matrix_);
}

void CholeskyFactor::set(const Hessian& hessian, double shift) {
  if (hessian.row_start() != row_start_ || hessian.columns() != columns_) set_pattern(hessian);
  set_values(hessian, shift);
}

void CholeskyFactor::set_pattern(const Hessian& hessian) {
  row_start_ = hessian.row_start();
  columns_ = hessian.columns();
  const auto renumbered = [this](int j) { return pinned_ != kUnpinned && j > pinned_ ? j - 1 : j; };
  matrix_ = {};
  matrix_.graph_start.push_back(0);
  matrix_.start.push_back(0);
  for (int i = 0; i < static_cast<int>(hessian.particles()); ++i) {
    if (i == pinned_) continue;
    const auto first = matrix_.graph_rows.size();
    for (int k = row_start_[index(i)]; k <= hessian.diagonal()[index(i)]; ++k)
      if (const int j = columns_[index(k)]; j != pinned_) matrix_.graph_rows.push_back(renumbered(j));
    matrix_.graph_start.push_back(static_cast<int>(matrix_.graph_rows.size()));
    for (int a = 0; a < 3; ++a) {
      for (auto k = first; k < matrix_.graph_rows.size(); ++k) {
        const int row = 3 * matrix_.graph_rows[k];
        const bool diagonal = k + 1 == matrix_.graph_rows.size();
        for (int b = 0; b <= (diagonal ? a : 2); ++b) matrix_.rows.push_back(row + b);
      }
      matrix_.start.push_back(static_cast<int>(matrix_.rows.size()));
    }
  }
  matrix_.values.resize(matrix_.rows.size());
  backend_->analyze(matrix_);
}

void CholeskyFactor::set_values(const Hessian& hessian, double shift) {
  double* out = matrix_.values.data();
  for (int i = 0; i < static_cast<int>(hessian.particles()); ++i) {
    if (i == pinned_) continue;
    const int first = row_start_[index(i)], blocks = row_start_[index(i) + 1] - first;
    for (int a = 0; a < 3; ++a) {
      const double* row = &hessian.values()[index(9 * first + 3 * a * blocks)];
      for (int k = 0; first + k <= hessian.diagonal()[index(i)]; ++k) {
        const int j = columns_[index(first + k)];
        if (j != pinned_) out = std::copy_n(row + 3 * k, j == i ? a + 1 : 3, out);
      }
      out[-1] += shift;
    }
  }
}

Matrix CholeskyFactor::apply(ConstMatrixView b) const {
  Matrix x = b;
  project_out_translations(x);
  const Eigen::Index left_out = pinned_ == kUnpinned ? 0 : 3;
  const Eigen::Index before = left_out * pinned_, after = b.rows() - before - left_out;
  for (Eigen::Index first = 0; first < b.cols(); first += kColumns) {
    const Eigen::Index count = std::min(kColumns, b.cols() - first);
    auto block = x.middleCols(first, count);
    Matrix free(before + after, count);
    free << block.topRows(before), block.bottomRows(after);
    backend_->solve(free);
    block << free.topRows(before), Matrix::Zero(left_out, count), free.bottomRows(after);
  }
  project_out_translations(x);
  return x;
}

Matrix CholeskyFactor::solve(const Hessian& hessian, ConstMatrixView b, double tolerance) const {
  Matrix target = b;
  project_out_translations(target);
  const Eigen::ArrayXd scale = target.colwise().norm().transpose().array().max(1e-300);
  Matrix best = apply(target), residual(b.rows(), b.cols());
  const auto measure = [&](const Matrix& x) {
    hessian.multiply(x, residual);
    residual = target - residual;
    return (residual.colwise().norm().transpose().array() / scale).maxCoeff();
  };
  double error = measure(best);
  while (error > tolerance) {
    const Matrix refined = best + apply(residual);
    const double refined_error = measure(refined);
    if (!(refined_error < 0.5 * error)) break;
    best = refined;
    error = refined_error;
  }
  return best;
}

}  // namespace pssglass
