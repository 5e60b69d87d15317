#include "mechanics/modes.h"

#include <string>

#include "base/error.h"
#include "mechanics/spectra_solver.h"

namespace pssglass {
namespace {

Vector participation_ratios(const Matrix& vectors) {
  const Eigen::Index particles = vectors.rows() / 3;
  Vector out(vectors.cols());
  for (Eigen::Index k = 0; k < vectors.cols(); ++k) {
    const auto weights = vectors.col(k).reshaped(3, particles).colwise().squaredNorm().eval();
    out[k] = weights.sum() * weights.sum() / (static_cast<double>(particles) * weights.squaredNorm());
  }
  return out;
}

Eigenpairs find(const Hessian& hessian, const LinearOperator& inverse, int count, double tolerance,
                Eigensolver solver) {
  const auto size = static_cast<Eigen::Index>(3 * hessian.particles());
  if (count < 1 || count > size - 3)
    throw InvalidArgument("number of modes must be between 1 and " + std::to_string(size - 3) + ", got " +
                          std::to_string(count));
  return solver == Eigensolver::block ? largest_eigenpairs(inverse, size, count, tolerance)
                                      : spectra_largest_eigenpairs(inverse, size, count, tolerance);
}

Modes to_modes(const Hessian& hessian, Eigenpairs pairs) {
  Modes modes;
  modes.converged = pairs.converged;
  modes.vectors = std::move(pairs.vectors);
  Matrix product(modes.vectors.rows(), modes.vectors.cols());
  hessian.multiply(modes.vectors, product);
  modes.eigenvalues = modes.vectors.cwiseProduct(product).colwise().sum().transpose();
  modes.residuals = (product - modes.vectors * modes.eigenvalues.asDiagonal()).colwise().norm().transpose();
  modes.participation_ratios = participation_ratios(modes.vectors);
  return modes;
}

}  // namespace

Modes lowest_modes(const Hessian& hessian, const LinearOperator& inverse, int count, double tolerance) {
  return to_modes(hessian, find(hessian, inverse, count, tolerance, Eigensolver::block));
}

Modes all_lowest_modes(const Hessian& hessian, const LinearOperator& inverse, const SpectrumCount& below,
                       int count, double tolerance, Eigensolver solver) {
  Eigenpairs pairs = find(hessian, inverse, count, tolerance, solver);
  if (pairs.converged) pairs = complete(std::move(pairs), inverse, count, tolerance, below);
  return to_modes(hessian, std::move(pairs));
}

}  // namespace pssglass
