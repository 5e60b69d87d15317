#include "mechanics/spectra_solver.h"

#include <Spectra/SymEigsSolver.h>

#include <algorithm>
#include <string>

#include "base/error.h"

namespace pssglass {
namespace {

/// The vectors kept between restarts: twice those wanted, as Spectra recommends, and some more of a few.
constexpr Eigen::Index kFewest = 20;

/// An operator in the form that Spectra asks for.
struct Operator {
  using Scalar = double;
  const LinearOperator& apply;
  Eigen::Index size;

  Eigen::Index rows() const { return size; }
  Eigen::Index cols() const { return size; }
  void perform_op(const double* x, double* y) const {
    Eigen::Map<Vector>(y, size) = apply(Eigen::Map<const Vector>(x, size));
  }
};

}  // namespace

Eigenpairs spectra_largest_eigenpairs(const LinearOperator& apply, Eigen::Index size, Eigen::Index count,
                                      double tolerance) {
  const Eigen::Index kept = std::min(size, std::max(2 * count, count + kFewest));
  // As many applications as block Lanczos may take.
  const Eigen::Index restarts = (20 * count + 400) / (kept - count) + 1;
  Operator wrapped{apply, size};
  Spectra::SymEigsSolver<Operator> solver(wrapped, count, kept);
  solver.init();
  const Eigen::Index converged = solver.compute(Spectra::SortRule::LargestAlge, restarts, tolerance);
  if (converged < count)
    throw NotConverged(std::to_string(converged) + " of " + std::to_string(count) +
                       " modes converged in Spectra; ask for fewer modes or a larger tolerance");
  return {solver.eigenvalues(), solver.eigenvectors(), true};
}

double largest_eigenvalue(const Hessian& hessian, double tolerance) {
  const LinearOperator multiply = [&](ConstMatrixView x) {
    Matrix y(x.rows(), x.cols());
    hessian.multiply(x, y);
    return y;
  };
  return spectra_largest_eigenpairs(multiply, static_cast<Eigen::Index>(3 * hessian.particles()), 1,
                                    tolerance)
      .values[0];
}

}  // namespace pssglass
