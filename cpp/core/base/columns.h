// Dense columns of N particles' displacements or forces: 3N × n, column-major, components of a particle
// adjacent.
#pragma once

#include <Eigen/Core>

#include "base/vectors.h"

namespace pssglass {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using MatrixView = Eigen::Ref<Matrix>;
using ConstMatrixView = Eigen::Ref<const Matrix>;

/// A vector of Vec3 seen as one column of 3N components; an empty one has no first component to point at.
inline Eigen::Map<const Vector> as_column(const Vectors& v) {
  return {v.empty() ? nullptr : &v.front().x, static_cast<Eigen::Index>(3 * v.size())};
}

inline Eigen::Map<Vector> as_column(Vectors& v) {
  return {v.empty() ? nullptr : &v.front().x, static_cast<Eigen::Index>(3 * v.size())};
}

/// Removes the three rigid translations from each column.
inline void project_out_translations(MatrixView columns) {
  const Eigen::Index particles = columns.rows() / 3;
  for (Eigen::Index k = 0; k < columns.cols(); ++k) {
    Eigen::Map<Eigen::Matrix3Xd> v(columns.col(k).data(), 3, particles);
    v.colwise() -= v.rowwise().mean().eval();
  }
}

}  // namespace pssglass
