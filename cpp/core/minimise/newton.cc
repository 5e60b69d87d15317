#include "minimise/newton.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "forces/strain.h"
#include "mechanics/cg_solver.h"
#include "minimise/minimizers.h"

namespace pssglass {
namespace {

bool same_particles(const Pairs& a, const Pairs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Pair& p, const Pair& q) { return p.i == q.i && p.j == q.j; });
}

constexpr double kAccuracy = 1e-4;  // of a step: each can reduce the force by as much, but no further

struct Step {
  Vector column;
  bool positive = true;  ///< no direction was met in which the surface does not curve upward
};

/// The bordered system [M Ξ; Ξᵀ w] (δx, δη) = (F, g) with g = 3 V (p − P) and w = U_ηη + 9 P V, by
/// elimination of δx: both columns are solved for together.
Step enthalpy_step(const Landscape& landscape, const Point& point, const System& here, const Pairs& pairs,
                   const CgSolver& solver) {
  const StrainDerivatives strain = strain_derivatives(here.size(), pairs);
  const auto mixed = strain.mixed.col(dilation);
  const double scale = std::exp(landscape.strain(point)), lever = landscape.lever();
  const auto rows = static_cast<Eigen::Index>(3 * here.size());
  Matrix sides(rows, 2);
  sides << as_column(point.forces).head(rows) / scale, mixed;
  const CgSolver::Solution solution = solver.solve(sides, kAccuracy);
  const double slope = point.forces.back().x * lever - mixed.dot(solution.x.col(0));
  const double curvature =
      strain.second[dilation] + 9 * *landscape.pressure() * here.box.volume() - mixed.dot(solution.x.col(1));
  const double eta = slope / curvature;
  Step step{Vector::Zero(rows + 3), solution.positive && curvature > 0};
  step.column.head(rows) = (solution.x.col(0) - eta * solution.x.col(1)) / scale;
  step.column[rows] = lever * eta;
  return step;
}

Step step_from(const Landscape& landscape, const Point& point, const System& here, const Pairs& pairs,
               const CgSolver& solver) {
  if (landscape.pressure()) return enthalpy_step(landscape, point, here, pairs, solver);
  const CgSolver::Solution solution = solver.solve(as_column(point.forces), kAccuracy);
  return {solution.x, solution.positive};
}

}  // namespace

NewtonResult newton(Landscape& landscape, const Potential& potential, Point& point, double target) {
  constexpr double kQuadratic = 1e-7;  // a step so short, in small diameters, fails by round-off alone
  Point trial;
  NewtonResult result;
  Pairs pairs;
  std::optional<Hessian> hessian;  // its pattern is kept while the same pairs interact
  for (double force = max_norm(point.forces); force >= target && !landscape.exhausted(); ++result.steps) {
    const System here = landscape.system(point);
    const Pairs before = std::exchange(pairs, interacting_pairs(here, potential));
    if (hessian && same_particles(pairs, before))
      hessian->assemble(pairs);
    else
      hessian.emplace(here.size(), pairs);
    const Step step = step_from(landscape, point, here, pairs, CgSolver(*hessian));
    if (!step.positive || !(max_displacement(step.column) < kMaxStep)) break;
    landscape.evaluate_step(point, step.column, 1, trial);
    const double reached = max_norm(trial.forces);
    if (!(reached < force)) {
      result.round_off = max_displacement(step.column) < kQuadratic;
      break;
    }
    std::swap(point, trial);
    force = reached;
  }
  return result;
}

}  // namespace pssglass
