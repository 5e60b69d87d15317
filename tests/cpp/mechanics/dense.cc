#include "mechanics/dense.h"

#include <Eigen/Eigenvalues>

namespace pssglass::test {

Matrix dense(const Hessian& hessian) {
  const auto size = static_cast<Eigen::Index>(3 * hessian.particles());
  Matrix out(size, size);
  hessian.multiply(Matrix::Identity(size, size), out);
  return out;
}

Vector dense_spectrum(const Hessian& hessian) {
  return Eigen::SelfAdjointEigenSolver<Matrix>(dense(hessian), Eigen::EigenvaluesOnly).eigenvalues();
}

DenseModes dense_modes(const Hessian& hessian) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(dense(hessian));
  return {solver.eigenvalues(), solver.eigenvectors()};
}

Matrix pseudo_inverse(const Hessian& hessian) {
  const DenseModes modes = dense_modes(hessian);
  const Eigen::Index rest = modes.eigenvalues.size() - 3;
  const Matrix vectors = modes.eigenvectors.rightCols(rest);
  const Matrix scaled = vectors * modes.eigenvalues.tail(rest).cwiseInverse().asDiagonal();
  return scaled * vectors.transpose();
}

}  // namespace pssglass::test
