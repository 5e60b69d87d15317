#include "mechanics/modes.h"

#include <string>

#include "base/error.h"

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

}  // namespace

Modes lowest_modes(const Hessian& hessian, const LinearOperator& inverse, int count, double tolerance) {
  const auto size = static_cast<Eigen::Index>(3 * hessian.particles());
  if (count < 1 || count > size - 3)
    throw InvalidArgument("number of modes must be between 1 and " + std::to_string(size - 3) + ", got " +
                          std::to_string(count));
  Eigenpairs pairs = largest_eigenpairs(inverse, size, count, tolerance);
  Modes modes;
  modes.converged = pairs.converged;
  modes.vectors = std::move(pairs.vectors);
  Matrix product(size, count);
  hessian.multiply(modes.vectors, product);
  modes.eigenvalues = modes.vectors.cwiseProduct(product).colwise().sum().transpose();
  modes.residuals = (product - modes.vectors * modes.eigenvalues.asDiagonal()).colwise().norm().transpose();
  modes.participation_ratios = participation_ratios(modes.vectors);
  return modes;
}

}  // namespace pssglass
