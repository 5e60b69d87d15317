#include "modes.h"

#include <Spectra/SymEigsSolver.h>

#include <algorithm>
#include <string>

#include "error.h"

namespace pssglass {
namespace {

/// The pseudo-inverse as Spectra wants to see it.
class Operator {
 public:
  using Scalar = double;
  Operator(const PseudoInverse& inverse, Eigen::Index size) : inverse_(inverse), size_(size) {}
  Eigen::Index rows() const { return size_; }
  Eigen::Index cols() const { return size_; }
  void perform_op(const double* x, double* y) const {
    Eigen::Map<Vector>(y, size_) = inverse_(Eigen::Map<const Vector>(x, size_));
  }

 private:
  const PseudoInverse& inverse_;
  Eigen::Index size_;
};

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

Modes lowest_modes(const Hessian& hessian, const PseudoInverse& inverse, int count, double tolerance) {
  const auto size = static_cast<Eigen::Index>(3 * hessian.particles());
  if (count < 1 || count > size - 4)
    throw InvalidArgument("number of modes must be between 1 and " + std::to_string(size - 4) + ", got " +
                          std::to_string(count));
  Operator op(inverse, size);
  const Eigen::Index basis = std::min<Eigen::Index>(size, std::max(2 * count, 20));
  Spectra::SymEigsSolver<Operator> solver(op, count, basis);
  solver.init();
  solver.compute(Spectra::SortRule::LargestAlge, 1000, tolerance);
  Modes modes;
  modes.converged = solver.info() == Spectra::CompInfo::Successful;
  modes.vectors = solver.eigenvectors();
  Matrix product(size, modes.vectors.cols());
  hessian.multiply(modes.vectors, product);
  modes.eigenvalues = modes.vectors.cwiseProduct(product).colwise().sum().transpose();
  modes.residuals = (product - modes.vectors * modes.eigenvalues.asDiagonal()).colwise().norm().transpose();
  modes.participation_ratios = participation_ratios(modes.vectors);
  return modes;
}

}  // namespace pssglass
