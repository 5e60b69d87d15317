#include "minimise/newton.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "mechanics/cg_solver.h"
#include "minimise/minimizers.h"

namespace pssglass {
namespace {

bool same_particles(const Pairs& a, const Pairs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Pair& p, const Pair& q) { return p.i == q.i && p.j == q.j; });
}

}  // namespace

NewtonResult newton(Landscape& landscape, const System& system, const Potential& potential, Point& point,
                    double target) {
  constexpr double kAccuracy = 1e-4;   // of a step: each can reduce the force by as much, but no further
  constexpr double kQuadratic = 1e-7;  // a step so short, in small diameters, fails by round-off alone
  Point trial;
  NewtonResult result;
  Pairs pairs;
  std::optional<Hessian> hessian;  // its pattern is kept while the same pairs interact
  for (double force = max_norm(point.forces); force >= target && !landscape.exhausted(); ++result.steps) {
    const System here{system.box, point.positions, system.species, system.diameters};
    const Pairs before = std::exchange(pairs, interacting_pairs(here, potential));
    if (hessian && same_particles(pairs, before))
      hessian->assemble(pairs);
    else
      hessian.emplace(here.size(), pairs);
    const CgSolver::Solution step = CgSolver(*hessian).solve(as_column(point.forces), kAccuracy);
    if (!step.positive || !(max_displacement(step.x) < kMaxStep)) break;
    landscape.evaluate_step(point, step.x, 1, trial);
    const double reached = max_norm(trial.forces);
    if (!(reached < force)) {
      result.round_off = max_displacement(step.x) < kQuadratic;
      break;
    }
    std::swap(point, trial);
    force = reached;
  }
  return result;
}

}  // namespace pssglass
