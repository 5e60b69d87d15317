#include <algorithm>
#include <utility>

#include "minimise/lbfgs_history.h"
#include "minimise/line_search.h"
#include "minimise/minimizers.h"

namespace pssglass {

std::int64_t lbfgs(Landscape& landscape, Point& point, double target) {
  LbfgsHistory history(3 * point.positions.size());
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
      history.add({&point.positions[0].x, &trial.positions[0].x, &point.forces[0].x, &trial.forces[0].x});
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
