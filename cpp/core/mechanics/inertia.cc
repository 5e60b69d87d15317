#include "mechanics/inertia.h"

#ifdef PSSGLASS_CHOLMOD  // which brings BLAS and LAPACK

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "base/aligned_memory.h"

extern "C" {
void dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info);
void dtrsm_(const char* side, const char* uplo, const char* trans, const char* diag, const int* m,
            const int* n, const double* alpha, const double* a, const int* lda, double* b, const int* ldb);
void dsyrk_(const char* uplo, const char* trans, const int* n, const int* k, const double* alpha,
            const double* a, const int* lda, const double* beta, double* c, const int* ldc);
void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
            const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
            const double* beta, double* c, const int* ldc);
}

namespace pssglass {
namespace {

/// Columns eliminated together: enough for the speed of matrix products.
constexpr int kPanel = 64;
constexpr double kOne = 1, kMinusOne = -1, kZero = 0;
/// In place of a pivot that is zero: the growth that it causes is noted.
constexpr double kSmallest = 1e-100;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// The permuted matrix: lower triangle by columns.
struct LowerTriangle {
  std::vector<int> start, rows;
  std::vector<double> values;

  LowerTriangle(const Supernodes& supernodes, const BlockedMatrix& matrix) {
    const std::size_t n = index(matrix.size());
    std::vector<int> position(n);
    for (std::size_t k = 0; k < n; ++k) position[index(supernodes.order[k])] = static_cast<int>(k);
    start.assign(n + 1, 0);
    const auto for_each = [&](const auto& body) {
      for (std::size_t j = 0; j < n; ++j)
        for (int k = matrix.start[j]; k < matrix.start[j + 1]; ++k) {
          const int a = position[index(matrix.rows[index(k)])], b = position[j];
          body(index(std::min(a, b)), std::max(a, b), matrix.values[index(k)]);
        }
    };
    for_each([&](std::size_t column, int, double) { ++start[column + 1]; });
    for (std::size_t j = 0; j < n; ++j) start[j + 1] += start[j];
    std::vector<int> next(start.begin(), start.end() - 1);
    rows.resize(matrix.rows.size());
    values.resize(matrix.rows.size());
    for_each([&](std::size_t column, int row, double value) {
      const auto k = index(next[column]++);
      rows[k] = row;
      values[k] = value;
    });
  }
};

using View = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;
using Memory = std::unique_ptr<double, decltype(&std::free)>;

/// What the columns of a group leave for later ones, the group's update, is a lower triangle for the last of
/// its rows. Updates lie on a stack: groups come in postorder, so those that a front takes are on top.
class Elimination {
 public:
  Elimination(const Supernodes& supernodes, const BlockedMatrix& matrix)
      : nodes_(supernodes), matrix_(supernodes, matrix), position_(index(matrix.size())) {
    std::vector<std::size_t> group_of(position_.size());
    for (std::size_t g = 0; g < nodes_.size(); ++g)
      std::fill(group_of.begin() + nodes_.first[g], group_of.begin() + nodes_.first[g + 1], g);
    children_.resize(nodes_.size());
    for (std::size_t g = 0; g < nodes_.size(); ++g)
      if (rest(g) > 0)
        children_[group_of[index(nodes_.rows[index(nodes_.row_start[g] + width(g))])]].push_back(g);
    stack_ = Memory(static_cast<double*>(allocate_huge(sizeof(double) * highest_stack())), &std::free);
    top_ = stack_.get();
  }

  Inertia run() {
    for (std::size_t g = 0; g < nodes_.size(); ++g) {
      assemble(g);
      eliminate(g);
      leave_update(g);
    }
    return found_;
  }

 private:
  int width(std::size_t g) const { return nodes_.first[g + 1] - nodes_.first[g]; }
  int height(std::size_t g) const { return nodes_.row_start[g + 1] - nodes_.row_start[g]; }
  int rest(std::size_t g) const { return height(g) - width(g); }
  std::size_t update_size(std::size_t g) const { return index(rest(g)) * index(rest(g)); }
  std::size_t children_size(std::size_t g) const {
    std::size_t total = 0;
    for (const std::size_t child : children_[g]) total += update_size(child);
    return total;
  }
  const int* rows(std::size_t g) const { return &nodes_.rows[index(nodes_.row_start[g])]; }
  double* column(int k) { return top_ + index(k) * index(height_); }

  /// In numbers: the updates and the front above them.
  std::size_t highest_stack() const {
    std::size_t updates = 0, highest = 0;
    for (std::size_t g = 0; g < nodes_.size(); ++g) {
      highest = std::max(highest, updates + index(height(g)) * index(height(g)));
      updates += update_size(g) - children_size(g);
    }
    return highest;
  }

  /// The front: the group's columns of the matrix, and what earlier groups have left for its rows.
  void assemble(std::size_t g) {
    height_ = height(g);
    std::fill_n(top_, index(height_) * index(height_), 0.0);
    for (int k = 0; k < height_; ++k) position_[index(rows(g)[k])] = k;
    for (int k = 0; k < width(g); ++k) {
      double* out = column(k);
      const auto j = index(nodes_.first[g] + k);
      for (int entry = matrix_.start[j]; entry < matrix_.start[j + 1]; ++entry)
        out[position_[index(matrix_.rows[index(entry)])]] += matrix_.values[index(entry)];
    }
    const double* update = top_ - children_size(g);
    for (const std::size_t child : children_[g]) {
      extend_add(child, update);
      update += update_size(child);
    }
    for (int k = 0; k < height_; ++k) found_.largest = std::max(found_.largest, std::abs(column(k)[k]));
  }

  void extend_add(std::size_t child, const double* update) {
    const int* global = rows(child) + width(child);
    local_.resize(index(rest(child)));
    for (int k = 0; k < rest(child); ++k) local_[index(k)] = position_[index(global[k])];
    for (int k = 0; k < rest(child); ++k, update += rest(child)) {
      double* out = column(local_[index(k)]);
      for (int i = k; i < rest(child); ++i) out[local_[index(i)]] += update[i];
    }
  }

  void eliminate(std::size_t g) {
    for (int first = 0; first < width(g); first += kPanel)
      eliminate_panel(first, std::min(kPanel, width(g) - first));
  }

  void eliminate_panel(int first, int columns) {
    const int rest = height_ - first - columns;
    double *pivots = column(first) + first, *below = pivots + columns,
           *remainder = column(first + columns) + first + columns;
    const View block(pivots, columns, columns, Eigen::OuterStride<>(height_));
    const View rows(below, rest, columns, Eigen::OuterStride<>(height_));
    pivots_ = block;
    int info = 0, positive = columns;
    dpotrf_("L", &columns, pivots, &height_, &info);
    if (info == 0 && rest > 0)
      dtrsm_("R", "L", "T", "N", &rest, &columns, &kOne, pivots, &height_, below, &height_);
    else if (info != 0)
      positive = columns - diagonalize(rows);
    if (rest == 0) return;
    // `rows` now holds the rest of L·√|D|, the columns of negative entries of D first.
    found_.largest = std::max(found_.largest, rows.rowwise().squaredNorm().maxCoeff());
    const int negative = columns - positive;
    const double* others = below + index(negative) * index(height_);
    if (negative > 0) dsyrk_("L", "N", &rest, &negative, &kOne, below, &height_, &kOne, remainder, &height_);
    if (positive > 0)
      dsyrk_("L", "N", &rest, &positive, &kMinusOne, others, &height_, &kOne, remainder, &height_);
  }

  /// The pivots' eigenvalues, ascending, in place of D: Q·|Λ|^(−1/2) is applied to the rows below. Returns
  /// how many are negative.
  int diagonalize(View rows) {
    eigen_.compute(pivots_);  // of the lower triangle
    const Vector scale = eigen_.eigenvalues().cwiseAbs().cwiseMax(kSmallest).cwiseSqrt().cwiseInverse();
    const Matrix turned = eigen_.eigenvectors() * scale.asDiagonal(), before = rows;
    const int rest = static_cast<int>(rows.rows()), columns = static_cast<int>(rows.cols());
    if (rest > 0)
      dgemm_("N", "N", &rest, &columns, &columns, &kOne, before.data(), &rest, turned.data(), &columns,
             &kZero, rows.data(), &height_);
    const auto negative = static_cast<int>((eigen_.eigenvalues().array() < 0).count());
    found_.negative += negative;
    return negative;
  }

  /// Takes the updates that went into the front from the stack, and puts the front's own there.
  void leave_update(std::size_t g) {
    const double* front = top_;
    const int columns = width(g), rest = height_ - columns;
    double* out = top_ - children_size(g);
    for (int k = columns; k < height_; ++k, out += rest)
      std::copy(front + index(k) * index(height_) + columns, front + index(k + 1) * index(height_), out);
    top_ = out;
  }

  const Supernodes& nodes_;
  LowerTriangle matrix_;
  std::vector<int> position_;  // of a row in the front
  std::vector<std::vector<std::size_t>> children_;
  Memory stack_{nullptr, &std::free};
  double* top_ = nullptr;  // of the updates, where the front begins
  Matrix pivots_;
  Eigen::SelfAdjointEigenSolver<Matrix> eigen_;
  std::vector<int> local_;
  int height_ = 0;
  Inertia found_;
};

}  // namespace

Inertia multifrontal_inertia(const Supernodes& supernodes, const BlockedMatrix& matrix) {
  return Elimination(supernodes, matrix).run();
}

}  // namespace pssglass

#endif
