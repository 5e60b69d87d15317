#include "mechanics/block_lanczos.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

#include "base/random.h"

namespace pssglass {
namespace {

/// A projection that leaves less than this must be repeated: what is left is no longer orthogonal to
/// round-off.
constexpr double kCancellation = 0.01;
/// The projection is solved, at the cost of its dimension's cube, after each growth by this fraction.
constexpr Eigen::Index kGrowthShare = 8;

/// An orthonormal basis of the Krylov space, free of translations and of what is known, and the operator's
/// projection onto it.
class KrylovSpace {
 public:
  KrylovSpace(const LinearOperator& apply, Eigen::Index size, const LanczosStart& start)
      : apply_(apply),
        known_(start.orthogonal_to),
        width_(start.width),
        drawn_(start.first_draw),
        basis_(size, 0) {
    next_.resize(size, std::min(width_, available()));
    for (Eigen::Index k = 0; k < next_.cols(); ++k) next_.col(k) = random_column();
    orthonormalize_next(next_.colwise().norm());
  }

  Eigen::Index dimension() const { return dimension_; }
  bool exhausted() const { return available() == 0; }

  /// Appends the next block to the basis and finds the one after it.
  void grow() {
    const Eigen::Index width = next_.cols(), before = dimension_;
    dimension_ += width;
    if (basis_.cols() < dimension_) {
      basis_.conservativeResize(Eigen::NoChange, 2 * dimension_);
      projection_.conservativeResize(2 * dimension_, 2 * dimension_);
    }
    basis_.middleCols(before, width) = next_;
    next_ = apply_(basis_.middleCols(before, width));
    const Vector norms = next_.colwise().norm();
    scale_ = std::max(scale_, norms.maxCoeff());
    // In exact arithmetic only the last two blocks overlap with the image. What round-off leaves of the
    // others, and of translations, would grow from block to block: it goes after the large overlaps have
    // gone.
    const Eigen::Index recent = std::min(dimension_, 2 * width_);
    Matrix overlap = Matrix::Zero(dimension_, width);
    overlap.bottomRows(recent) = remove(basis_.middleCols(dimension_ - recent, recent), next_);
    overlap += remove(basis_.leftCols(dimension_), next_);
    remove_known(next_);
    projection_.block(0, before, dimension_, width) = overlap;
    projection_.block(before, 0, width, dimension_) = overlap.transpose();
    next_.conservativeResize(Eigen::NoChange, std::min(width, available()));
    orthonormalize_next(norms);
  }

  /// Ritz pairs, best last; and the norm of each one's residual, zero in an exhausted space.
  void solve() { ritz_.compute(projection_.topLeftCorner(dimension_, dimension_)); }
  double residual(Eigen::Index k) const {
    return exhausted() ? 0.0 : (coupling_ * ritz_.eigenvectors().col(k).tail(coupling_.cols())).norm();
  }
  const Vector& ritz_values() const { return ritz_.eigenvalues(); }
  /// The best Ritz vectors after one more application of the operator, which costs nothing: A·v = θ·v + (next
  /// block)·(residual). It takes away what an inverse of A would blow up.
  Matrix ritz_vectors(Eigen::Index count) const {
    const Matrix y = ritz_.eigenvectors().rightCols(count).rowwise().reverse();
    const Vector theta = ritz_.eigenvalues().tail(count).reverse();
    Matrix vectors = basis_.leftCols(dimension_) * y;
    if (!exhausted())
      vectors += next_ * (coupling_ * y.bottomRows(coupling_.cols())) * theta.cwiseInverse().asDiagonal();
    vectors.colwise().normalize();
    return vectors;
  }

 private:
  Eigen::Index available() const { return basis_.rows() - 3 - known_.cols() - dimension_; }

  /// Projects orthonormal columns out of others; returns the overlaps.
  static Matrix remove(const auto& orthonormal, auto& columns) {
    Matrix overlap = orthonormal.transpose() * columns;
    columns.noalias() -= orthonormal * overlap;
    return overlap;
  }

  void remove_known(auto&& columns) const {
    project_out_translations(columns);
    if (known_.cols() > 0) remove(known_, columns);
  }

  /// Gram–Schmidt within the block, next_ = (orthonormal block)·coupling. `norms` are those of the columns
  /// before anything was projected out of them: where little is left, it is done again. A column that depends
  /// on the others, where an invariant subspace has been found, is replaced by a random one, to which nothing
  /// couples.
  void orthonormalize_next(const Vector& norms) {
    coupling_ = Matrix::Zero(next_.cols(), next_.cols());
    for (Eigen::Index k = 0; k < next_.cols(); ++k) {
      auto column = next_.col(k);
      for (int pass = 0; pass < 2; ++pass) {
        if (pass == 1 && column.norm() < kCancellation * norms[k]) {
          remove(basis_.leftCols(dimension_), column);
          remove_known(column);
        }
        coupling_.col(k).head(k) += remove(next_.leftCols(k), column);
      }
      const double norm = column.norm();
      if (norm > 1e-13 * scale_) {
        coupling_(k, k) = norm;
        column /= norm;
      } else {
        column = independent_column(k);
      }
    }
  }

  Vector independent_column(Eigen::Index k) {
    Vector column = random_column();
    for (int pass = 0; pass < 2; ++pass) {
      remove(basis_.leftCols(dimension_), column);
      remove(next_.leftCols(k), column);
      remove_known(column);
    }
    return column.normalized();
  }

  Vector random_column() {
    Vector column(basis_.rows());
    for (Eigen::Index i = 0; i < column.size(); ++i)
      column[i] = normals(0, Stream::modes, drawn_, static_cast<std::uint32_t>(i))[0];
    ++drawn_;
    remove_known(column);
    return column;
  }

  const LinearOperator& apply_;
  const Matrix& known_;
  Eigen::Index width_;
  std::uint64_t drawn_;
  Matrix basis_, projection_;
  Eigen::Index dimension_ = 0;
  Matrix next_, coupling_;
  double scale_ = 0;
  Eigen::SelfAdjointEigenSolver<Matrix> ritz_;
};

}  // namespace

Eigenpairs largest_eigenpairs(const LinearOperator& apply, Eigen::Index size, Eigen::Index count,
                              double tolerance, const LanczosStart& start) {
  const Eigen::Index longest = 20 * count + 400;
  KrylovSpace space(apply, size, start);
  Eigenpairs out;
  for (Eigen::Index next_check = 2 * count; !out.converged && space.dimension() < longest;) {
    space.grow();
    if (space.dimension() < std::min(next_check, longest) && !space.exhausted()) continue;
    next_check = space.dimension() + std::max(2 * start.width, space.dimension() / kGrowthShare);
    space.solve();
    out.converged = true;
    for (Eigen::Index k = space.dimension() - count; k < space.dimension(); ++k)
      out.converged &= space.residual(k) <= tolerance * std::abs(space.ritz_values()[k]);
  }
  out.values = space.ritz_values().tail(count).reverse();
  out.vectors = space.ritz_vectors(count);
  return out;
}

}  // namespace pssglass
