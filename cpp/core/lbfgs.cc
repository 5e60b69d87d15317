#include <algorithm>
#include <utility>

#include "line_search.h"
#include "minimizers.h"

namespace pssglass {
namespace {

/// The last few steps s and force changes y, and the inverse Hessian that they imply. The two-loop recursion
/// runs on coefficients, with the inner products of the stored vectors at hand, so that the long vectors are
/// read only twice.
class History {
 public:
  explicit History(Eigen::Index size) : vectors_(decltype(vectors_)::Zero(size, 2 * kMemory)) {}

  void clear() { count_ = 0; }
  bool empty() const { return count_ == 0; }

  /// Keeps the pair if the surface curves upward along it.
  void add(const Vector& s, const Vector& y) {
    const double sy = s.dot(y);
    if (!(sy > 1e-10 * s.squaredNorm())) return;
    newest_ = count_ == 0 ? 0 : (newest_ + 1) % kMemory;
    count_ = std::min(count_ + 1, kMemory);
    vectors_.col(newest_) = s;
    vectors_.col(kMemory + newest_) = y;
    for (Eigen::Index column : {newest_, kMemory + newest_}) {
      products_.col(column) = vectors_.transpose() * vectors_.col(column);
      products_.row(column) = products_.col(column).transpose();
    }
  }

  /// Approximate inverse Hessian times `force`, as scale·force + Σ coefficients·vectors.
  Vector apply(const Vector& force) const {
    const Coefficients overlap = vectors_.transpose() * force;
    Coefficients sum = Coefficients::Zero(), alpha = Coefficients::Zero();
    for (Eigen::Index age = 0; age < count_; ++age) {
      const Eigen::Index s = slot(age), y = kMemory + s;
      alpha[s] = (overlap[s] + products_.col(s).dot(sum)) / products_(s, y);
      sum[y] -= alpha[s];
    }
    const Eigen::Index last_y = kMemory + newest_;
    const double scale = products_(newest_, last_y) / products_(last_y, last_y);
    sum *= scale;
    for (Eigen::Index age = count_; age-- > 0;) {
      const Eigen::Index s = slot(age), y = kMemory + s;
      sum[s] += alpha[s] - (scale * overlap[y] + products_.col(y).dot(sum)) / products_(s, y);
    }
    return scale * force + vectors_ * sum;
  }

 private:
  static constexpr Eigen::Index kMemory = 5;
  using Coefficients = Eigen::Matrix<double, 2 * kMemory, 1>;
  Eigen::Index slot(Eigen::Index age) const { return (newest_ + kMemory - age) % kMemory; }

  Eigen::Matrix<double, Eigen::Dynamic, 2 * kMemory> vectors_;  // steps, then force changes
  Eigen::Matrix<double, 2 * kMemory, 2 * kMemory> products_ = decltype(products_)::Zero();
  Eigen::Index newest_ = 0, count_ = 0;
};

}  // namespace

std::int64_t lbfgs(Landscape& landscape, Point& point, double target) {
  History history(static_cast<Eigen::Index>(3 * point.positions.size()));
  Point trial;
  std::int64_t iterations = 0;
  while (max_norm(point.forces) >= target && !landscape.exhausted()) {
    const auto force = as_column(std::as_const(point.forces));
    Vector direction = history.empty() ? Vector(kInverseStiffness * force) : history.apply(force);
    if (!(direction.dot(force) > 0)) {
      history.clear();
      direction = kInverseStiffness * force;
    }
    direction *= std::min(1.0, kMaxStep / max_displacement(direction));
    if (backtrack(landscape, point, direction, trial)) {
      history.add(as_column(trial.positions) - as_column(point.positions), force - as_column(trial.forces));
      std::swap(point, trial);
      ++iterations;
    } else if (history.empty()) {
      break;
    } else {
      history.clear();
    }
  }
  return iterations;
}

}  // namespace pssglass
