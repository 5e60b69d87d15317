#include "newton.h"

#include "cholesky.h"
#include "minimizers.h"

namespace pssglass {

std::int64_t newton(Landscape& landscape, const System& system, const Potential& potential, Point& point,
                    double target) {
  CholeskyFactor factor;
  Point trial;
  std::int64_t steps = 0;
  bool have_factor = false;
  double force = max_norm(point.forces);
  while (force >= target && !landscape.exhausted()) {
    const bool fresh = !have_factor;
    if (fresh) {
      const System here{system.box, point.positions, system.species};
      if (!factor.factorize(Hessian(here, potential, interacting_pairs(here, potential)))) break;
    }
    const Vector step = factor.apply(as_column(point.forces));
    if (!(max_displacement(step) < kMaxStep)) break;
    landscape.evaluate_step(point, step, 1, trial);
    const double reduction = max_norm(trial.forces) / force;
    if (fresh && !(reduction < 1)) break;
    have_factor = reduction < 0.1;
    if (reduction < 1) {
      std::swap(point, trial);
      force *= reduction;
      ++steps;
    }
  }
  return steps;
}

}  // namespace pssglass
