#include "mechanics/certificate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "mechanics/cg_solver.h"
#include "mechanics/cholesky.h"

namespace pssglass {
namespace {

/// The eigenvalues themselves need few digits: their signs are what matters.
constexpr double kTolerance = 1e-6;
/// Eigenvalues below this fraction of the largest stiffness are zero; soft modes lie orders above it.
constexpr double kZero = 1e-9;

double largest_stiffness(const Hessian& hessian) {
  double largest = 0;
  for (double value : hessian.values()) largest = std::max(largest, std::abs(value));
  return largest;
}

Certificate judge(const Hessian& hessian, Vector lowest_eigenvalues) {
  const double zero = kZero * largest_stiffness(hessian);
  Certificate out;
  out.negative_eigenvalues = static_cast<int>((lowest_eigenvalues.array() < -zero).count());
  out.zero_modes = 3 + static_cast<int>((lowest_eigenvalues.array().abs() <= zero).count());
  out.positive = out.negative_eigenvalues == 0 && out.zero_modes == 3;
  out.lowest_eigenvalues = std::move(lowest_eigenvalues);
  return out;
}

/// The lowest eigenvalues, `wanted` or all of them.
Vector lowest_eigenvalues(const Hessian& hessian, const LinearOperator& inverse, std::size_t wanted) {
  const auto count = static_cast<int>(std::min(wanted, 3 * hessian.particles() - 3));
  Modes modes = lowest_modes(hessian, inverse, count, kTolerance);
  if (!modes.converged)
    throw NotConverged("the " + std::to_string(count) +
                       " lowest eigenvalues did not converge, so nothing can be certified");
  return std::move(modes.eigenvalues);
}

}  // namespace

Certificate certify_minimum(const Hessian& hessian, const LinearOperator& inverse) {
  return judge(hessian, lowest_eigenvalues(hessian, inverse, 4));
}

Certificate certify_saddle(const Hessian& hessian) {
  CholeskyFactor shifted(sparse_cholesky(), CholeskyFactor::kUnpinned);
  double shift = 1e-6 * largest_stiffness(hessian);
  while (!shifted.factorize(hessian, shift)) shift *= 10;
  const auto inverse = [&](ConstMatrixView x) { return shifted.apply(x); };
  Certificate out = judge(hessian, lowest_eigenvalues(hessian, inverse, 16));
  if (out.positive) out.negative_eigenvalues = 1;  // the factorisation has met one that these do not show
  out.positive = false;
  return out;
}

Certificate certify_iteratively(const Hessian& hessian, const CgSolver& solver) {
  Vector x(static_cast<Eigen::Index>(3 * hessian.particles())), product(x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i)
    x[i] = normals(0, Stream::modes, 0, static_cast<std::uint32_t>(i))[0];
  for (int round = 0; round < 3; ++round) {
    const CgSolver::Solution solution = solver.solve(x, kTolerance);
    if (!solution.positive || !solution.converged)
      return {false, solution.positive ? 0 : 1, solution.positive ? 4 : 3, {}};
    x = solution.x.col(0).normalized();
  }
  hessian.multiply(x, product);
  return judge(hessian, Vector::Constant(1, x.dot(product)));
}

}  // namespace pssglass
