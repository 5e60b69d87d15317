#include <algorithm>
#include <numeric>
#include <utility>

#include "minimise/lbfgs_kernel.h"
#include "minimise/line_search.h"
#include "minimise/minimizers.h"

namespace pssglass {
namespace {

/// The last few steps s and force changes y, and the inverse Hessian that they imply. The two-loop recursion
/// runs on coefficients, with the inner products of the stored vectors at hand, so that the long vectors are
/// read only twice.
class History {
 public:
  explicit History(std::size_t particles) : columns_(3 * particles), direction_(columns_.rows) {}

  void clear() { count_ = 0; }
  bool empty() const { return count_ == 0; }

  /// Keeps the step if the surface curves upward along it.
  void add(const Point& from, const Point& to) {
    const std::size_t s = empty() ? 0 : (newest_ + 1) % kMemory, y = kMemory + s;
    const LbfgsMove move{&from.positions[0].x, &to.positions[0].x, &from.forces[0].x, &to.forces[0].x};
    const LbfgsProducts products = remember(columns_, move, s);
    for (std::size_t column = 0; column < products.size(); ++column) overlaps_[column] = products[column][2];
    if (!(products[y][0] > 1e-10 * products[s][0])) {
      count_ = std::min(count_, kMemory - 1);  // the slot of the oldest is spoilt
      return;
    }
    newest_ = s;
    count_ = std::min(count_ + 1, kMemory);
    for (std::size_t column = 0; column < products.size(); ++column) {
      products_[s][column] = products_[column][s] = products[column][0];
      products_[y][column] = products_[column][y] = products[column][1];
    }
  }

  /// Approximate inverse Hessian times the forces at the end of the last step, as scale·force +
  /// Σ coefficients·vectors.
  Eigen::Map<const Vector> direction() {
    Coefficients sum{}, alpha{};
    for (std::size_t age = 0; age < count_; ++age) {
      const std::size_t s = slot(age), y = kMemory + s;
      alpha[s] = (overlaps_[s] + dot(products_[s], sum)) / products_[s][y];
      sum[y] -= alpha[s];
    }
    const std::size_t last_y = kMemory + newest_;
    const double scale = products_[newest_][last_y] / products_[last_y][last_y];
    for (double& coefficient : sum) coefficient *= scale;
    for (std::size_t age = count_; age-- > 0;) {
      const std::size_t s = slot(age), y = kMemory + s;
      sum[s] += alpha[s] - (scale * overlaps_[y] + dot(products_[y], sum)) / products_[s][y];
    }
    combine(columns_, scale, sum, direction_.data());
    return {direction_.data(), static_cast<Eigen::Index>(columns_.size)};
  }

 private:
  static constexpr std::size_t kMemory = kLbfgsMemory;
  using Coefficients = LbfgsCoefficients;

  std::size_t slot(std::size_t age) const { return (newest_ + kMemory - age) % kMemory; }
  static double dot(const Coefficients& a, const Coefficients& b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  }

  LbfgsColumns columns_;
  AlignedVector<double> direction_;
  std::array<Coefficients, 2 * kMemory> products_{};  // of the stored steps, then force changes
  Coefficients overlaps_{};                           // with the last forces
  std::size_t newest_ = 0, count_ = 0;
};

}  // namespace

std::int64_t lbfgs(Landscape& landscape, Point& point, double target) {
  History history(point.positions.size());
  Vector direction;
  Point trial;
  std::int64_t iterations = 0;
  while (max_norm(point.forces) >= target && !landscape.exhausted()) {
    const auto force = as_column(std::as_const(point.forces));
    if (!history.empty()) direction = history.direction();
    if (history.empty() || !(direction.dot(force) > 0)) {
      history.clear();
      direction = kInverseStiffness * force;
    }
    direction *= std::min(1.0, kMaxStep / max_displacement(direction));
    if (backtrack(landscape, point, direction, trial)) {
      history.add(point, trial);
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
