#include "newton.h"

#include "cg_solver.h"
#include "minimizers.h"

namespace pssglass {

std::int64_t newton(Landscape& landscape, const System& system, const Potential& potential, Point& point,
                    double target) {
  constexpr double kAccuracy = 1e-4;  // of a step: each can reduce the force by as much, but no further
  Point trial;
  std::int64_t steps = 0;
  for (double force = max_norm(point.forces); force >= target && !landscape.exhausted(); ++steps) {
    const System here{system.box, point.positions, system.species};
    const Hessian hessian(here, potential, interacting_pairs(here, potential));
    const CgSolver::Solution step = CgSolver(hessian).solve(as_column(point.forces), kAccuracy);
    if (!step.positive || !(max_displacement(step.x) < kMaxStep)) break;
    landscape.evaluate_step(point, step.x, 1, trial);
    const double reached = max_norm(trial.forces);
    if (!(reached < force)) break;
    std::swap(point, trial);
    force = reached;
  }
  return steps;
}

}  // namespace pssglass
