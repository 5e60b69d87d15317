#include "mechanics/cg_solver.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "base/parallel.h"

namespace pssglass {
namespace {

constexpr int kMaxIterations = 20000;
/// Round-off in curvatures, whose scale is 1.
constexpr double kCurvatureNoise = 1e-12;
/// Columns solved side by side.
constexpr Eigen::Index kWidest = 8;

std::size_t index(std::ptrdiff_t i) { return static_cast<std::size_t>(i); }

/// Particles by breadth-first search through the bonds: neighbours get numbers close to each other.
std::vector<int> breadth_first(const Hessian& hessian) {
  const std::size_t n = hessian.particles();
  std::vector<int> order;
  std::vector<char> found(n, 0);
  order.reserve(n);
  for (std::size_t seed = 0; seed < n; ++seed) {
    if (found[seed]) continue;
    found[seed] = 1;
    order.push_back(static_cast<int>(seed));
    for (std::size_t next = order.size() - 1; next < order.size(); ++next) {
      const auto row = index(order[next]);
      for (int k = hessian.row_start()[row]; k < hessian.row_start()[row + 1]; ++k) {
        const int j = hessian.columns()[index(k)];
        if (!std::exchange(found[index(j)], 1)) order.push_back(j);
      }
    }
  }
  return order;
}

/// False where the block is not positive definite.
bool invert_root(const SweepMatrix::Symmetric& a, SweepMatrix::Lower& out) {
  Eigen::Matrix3d block;
  block << a[0], a[1], a[2], a[1], a[3], a[4], a[2], a[4], a[5];
  const Eigen::LLT<Eigen::Matrix3d> llt(block);
  const Eigen::Matrix3d inverse = llt.matrixL().solve(Eigen::Matrix3d::Identity());
  out = {inverse(0, 0), inverse(1, 0), inverse(1, 1), inverse(2, 0), inverse(2, 1), inverse(2, 2)};
  return llt.info() == Eigen::Success;
}

/// Visits each entry of the columns beside the lane that holds it.
template <int width, class Visit>
void exchange(const std::vector<int>& order, Matrix& columns, AlignedVector<double>& lanes, Visit&& visit) {
  for (Eigen::Index c = 0; c < columns.cols(); ++c)
    for (std::size_t row = 0; row < order.size(); ++row)
      for (std::size_t a = 0; a < 3; ++a)
        visit(columns(3 * order[row] + static_cast<Eigen::Index>(a), c),
              lanes[(3 * row + a) * width + index(c)]);
}

}  // namespace

CgSolver::CgSolver(const Hessian& hessian, int threads)
    : hessian_(hessian), threads_(threads), order_(breadth_first(hessian)) {
  std::vector<int> row_of(order_.size());
  for (std::size_t row = 0; row < order_.size(); ++row) row_of[index(order_[row])] = static_cast<int>(row);
  std::vector<std::pair<int, int>> left;  // column, block of the Hessian
  for (std::size_t row = 0; row < order_.size(); ++row) {
    const auto i = index(order_[row]);
    left.clear();
    for (int k = hessian.row_start()[i]; k < hessian.row_start()[i + 1]; ++k)
      if (const int column = row_of[index(hessian.columns()[index(k)])]; column < static_cast<int>(row))
        left.emplace_back(column, k);
    std::sort(left.begin(), left.end());
    for (const auto& [column, k] : left) {
      matrix_.columns.push_back(column);
      matrix_.blocks.push_back(hessian.block(i, k));
    }
    matrix_.row_start.push_back(static_cast<int>(matrix_.columns.size()));
    matrix_.inverse_roots.emplace_back();
    stable_cages_ &= invert_root(hessian.block(i, hessian.diagonal()[i]), matrix_.inverse_roots.back());
  }
}

CgSolver::Solution CgSolver::solve(ConstMatrixView b, double tolerance) const {
  Solution out;
  out.x = b;
  if (!stable_cages_) {
    out.positive = false;
    return out;
  }
  project_out_translations(out.x);
  const auto groups = static_cast<std::size_t>((b.cols() + kWidest - 1) / kWidest);
  std::vector<Solution> solved(groups);
  for_blocks(
      groups, threads_,
      [&](std::size_t group, std::size_t, std::size_t) {
        const Eigen::Index first = kWidest * static_cast<Eigen::Index>(group);
        const Matrix columns = out.x.middleCols(first, std::min(kWidest, b.cols() - first));
        solved[group] = columns.cols() == 1   ? solve_columns<1>(columns, tolerance)
                        : columns.cols() <= 4 ? solve_columns<4>(columns, tolerance)
                                              : solve_columns<kWidest>(columns, tolerance);
        out.x.middleCols(first, columns.cols()) = solved[group].x;
      },
      1);
  out.converged = true;
  for (const Solution& group : solved) {
    out.iterations = std::max(out.iterations, group.iterations);
    out.converged &= group.converged;
    out.positive &= group.positive;
  }
  project_out_translations(out.x);
  return out;
}

/// Rounds of iterations, each from the true residual of the last: iterations see only the preconditioned
/// residual, which falls as the true one does but for a factor.
template <int width>
CgSolver::Solution CgSolver::solve_columns(const Matrix& b, double tolerance) const {
  const Vector target = tolerance * b.colwise().norm().transpose();
  Solution out;
  out.x = Matrix::Zero(b.rows(), b.cols());
  Matrix residual = b;
  CgState<width> state(order_.size());
  for (double last = std::numeric_limits<double>::infinity();;) {
    const Vector norms = residual.colwise().norm().transpose();
    out.converged = (norms.array() <= target.array()).all();
    const bool stalled = !(norms.maxCoeff() < 0.5 * last);
    if (out.converged || stalled || !out.positive) return out;
    last = norms.maxCoeff();

    exchange<width>(order_, residual, state.residual, [](double& column, double& lane) { lane = column; });
    cg_start(matrix_, state);
    const Vector reduction = (0.5 * target.array() / norms.array().max(1e-300)).min(0.5);
    out.positive &= descend(reduction, state, out.iterations);
    exchange<width>(order_, out.x, state.solution, [](double& column, double& lane) { column += lane; });
    hessian_.multiply(out.x, residual);
    residual = b - residual;
  }
}

/// Iterates until each column's norm has fallen by its factor, or until round-off has eaten up the curvature.
/// False where the matrix is not positive.
template <int width>
bool CgSolver::descend(const Vector& reduction, CgState<width>& state, int& iterations) const {
  PerColumn<width> limit = state.norm2;
  for (Eigen::Index c = 0; c < reduction.size(); ++c) limit[index(c)] *= reduction[c] * reduction[c];
  const auto converged = [&] {
    return std::equal(limit.begin(), limit.end(), state.norm2.begin(), std::greater_equal<>());
  };
  for (const int last = iterations + kMaxIterations; !converged() && iterations < last; ++iterations) {
    cg_iterate(matrix_, state);
    for (std::size_t c = 0; c < width; ++c) {
      if (state.norm2[c] == 0 || state.curvature[c] > 0) continue;
      double norm2 = 0;
      for (std::size_t k = c; k < state.direction.size(); k += width)
        norm2 += state.direction[k] * state.direction[k];
      return state.curvature[c] > -kCurvatureNoise * norm2;
    }
  }
  return true;
}

}  // namespace pssglass
