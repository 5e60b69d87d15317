#include <array>
#include <deque>

#include "line_search.h"
#include "minimizers.h"

namespace pssglass {
namespace {

/// The last few steps s and force changes y, and the inverse Hessian that they imply.
class History {
 public:
  void clear() { updates_.clear(); }
  bool empty() const { return updates_.empty(); }

  /// Keeps the pair if the surface curves upward along it.
  void add(Vector s, Vector y) {
    const double sy = s.dot(y);
    if (!(sy > 1e-10 * s.squaredNorm())) return;
    if (updates_.size() == kMemory) updates_.pop_front();
    updates_.push_back({std::move(s), std::move(y), 1 / sy});
  }

  /// Approximate inverse Hessian times `direction`, by the two-loop recursion.
  void apply(Vector& direction) const {
    std::array<double, kMemory> alpha;
    for (std::size_t k = updates_.size(); k-- > 0;) {
      const Update& u = updates_[k];
      alpha[k] = u.rho * u.s.dot(direction);
      direction -= alpha[k] * u.y;
    }
    const Update& last = updates_.back();
    direction *= 1 / (last.rho * last.y.squaredNorm());
    for (std::size_t k = 0; k < updates_.size(); ++k) {
      const Update& u = updates_[k];
      direction += (alpha[k] - u.rho * u.y.dot(direction)) * u.s;
    }
  }

 private:
  static constexpr std::size_t kMemory = 5;
  struct Update {
    Vector s, y;
    double rho;
  };
  std::deque<Update> updates_;
};

}  // namespace

std::int64_t lbfgs(Landscape& landscape, Point& point, double target) {
  History history;
  Point trial;
  std::int64_t iterations = 0;
  Vector direction;
  while (max_norm(point.forces) >= target && !landscape.exhausted()) {
    direction = as_column(point.forces);
    if (!history.empty()) history.apply(direction);
    if (!(direction.dot(as_column(point.forces)) > 0)) {
      history.clear();
      direction = as_column(point.forces);
    }
    if (history.empty()) direction *= kInverseStiffness;
    direction *= std::min(1.0, kMaxStep / max_displacement(direction));
    if (!backtrack(landscape, point, direction, trial)) {
      if (history.empty()) break;
      history.clear();
      continue;
    }
    history.add(as_column(trial.positions) - as_column(point.positions),
                as_column(point.forces) - as_column(trial.forces));
    std::swap(point, trial);
    ++iterations;
  }
  return iterations;
}

}  // namespace pssglass
