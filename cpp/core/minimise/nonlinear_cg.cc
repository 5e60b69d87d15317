#include "minimise/line_search.h"
#include "minimise/minimizers.h"

namespace pssglass {

std::int64_t conjugate_gradients(Landscape& landscape, Point& point, double target) {
  Point trial;
  Vector direction = as_column(point.forces);
  double guess = kInverseStiffness;
  std::int64_t iterations = 0;
  bool steepest = true;
  while (max_norm(point.forces) >= target && !landscape.exhausted()) {
    const double step = secant_search(landscape, point, direction, guess, trial);
    if (step == 0) {
      if (steepest) break;
      direction = as_column(point.forces);
      guess = kInverseStiffness;
      steepest = true;
      continue;
    }
    const auto old_force = as_column(point.forces), new_force = as_column(trial.forces);
    const double polak_ribiere = new_force.dot(new_force - old_force) / old_force.squaredNorm();
    direction = new_force + std::max(0.0, polak_ribiere) * direction;
    steepest = !(direction.dot(new_force) > 0);
    if (steepest) direction = new_force;
    guess = step;
    std::swap(point, trial);
    ++iterations;
  }
  return iterations;
}

}  // namespace pssglass
