#include "minimise/newton.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "forces/strain.h"
#include "mechanics/backbone.h"
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

/// Positions of a point are those of the particles over this.
double scale_of(const Landscape& landscape, const Point& point) {
  return landscape.pressure() ? std::exp(landscape.strain(point)) : 1;
}

/// Displaces each rattler along its force by what would end it, were the stiffness of its contacts constant
/// and all in line.
Vector freeing_step(const Backbone& backbone, const Pairs& pairs, const Vectors& forces) {
  Vector stiffness = Vector::Zero(static_cast<Eigen::Index>(forces.size()));
  for (const Pair& pair : pairs)
    for (const int i : {pair.i, pair.j}) stiffness[i] += pair.curvature * pair.r2 + pair.slope;
  Vector step = Vector::Zero(3 * stiffness.size());
  for (const int i : backbone.rattlers())
    if (stiffness[i] > 0) step.segment<3>(3 * i) = as_column(forces).segment<3>(3 * i) / stiffness[i];
  return step;
}

/// The bordered system [M Ξ; Ξᵀ w] (δx, δη) = (F, g) with g = 3 V (p − P) and w = U_ηη + 9 P V, by
/// elimination of δx: both columns are solved for together. `pairs` are those of the backbone.
Step enthalpy_step(const Landscape& landscape, const Point& point, double volume, const Backbone& backbone,
                   const Pairs& pairs, const CgSolver& solver) {
  const StrainDerivatives strain = strain_derivatives(backbone.size(), pairs);
  const auto mixed = strain.mixed.col(dilation);
  const double scale = scale_of(landscape, point), lever = landscape.lever();
  const auto rows = static_cast<Eigen::Index>(3 * (point.forces.size() - 1));
  Matrix sides(mixed.rows(), 2);
  sides << backbone.restricted(as_column(point.forces).head(rows)) / scale, mixed;
  const CgSolver::Solution solution = solver.solve(sides, kAccuracy);
  const double slope = point.forces.back().x * lever - mixed.dot(solution.x.col(0));
  const double curvature =
      strain.second[dilation] + 9 * *landscape.pressure() * volume - mixed.dot(solution.x.col(1));
  const double eta = slope / curvature;
  Step step{Vector::Zero(rows + 3), solution.positive && curvature > 0};
  step.column.head(rows) = backbone.extended((solution.x.col(0) - eta * solution.x.col(1)) / scale);
  step.column[rows] = lever * eta;
  return step;
}

/// Of the backbone; without one the volume has nothing to rest on.
Step backbone_step(const Landscape& landscape, const Point& point, double volume, const Backbone& backbone,
                   const Pairs& pairs, const CgSolver& solver) {
  if (landscape.pressure()) return enthalpy_step(landscape, point, volume, backbone, pairs, solver);
  const CgSolver::Solution solution = solver.solve(backbone.restricted(as_column(point.forces)), kAccuracy);
  return {backbone.extended(solution.x), solution.positive};
}

/// The Hessian of a backbone, whose pattern is kept while the same pairs interact.
class PatternKeeper {
 public:
  const Hessian& hessian(std::size_t particles, const Pairs& pairs) {
    if (hessian_ && hessian_->particles() == particles && same_particles(pairs_, pairs))
      hessian_->assemble(pairs);
    else
      hessian_.emplace(particles, pairs);
    pairs_ = pairs;
    return *hessian_;
  }

 private:
  std::optional<Hessian> hessian_;
  Pairs pairs_;
};

/// Of all particles.
Step step_from(const Landscape& landscape, const Point& point, const Backbone& backbone, Pairs pairs,
               double volume, PatternKeeper& keeper) {
  Vector freeing = Vector::Zero(static_cast<Eigen::Index>(3 * point.forces.size()));
  if (!backbone.is_whole()) {
    const double scale = scale_of(landscape, point);
    freeing = freeing_step(backbone, pairs, point.forces) / (scale * scale);
    pairs = backbone.inner(pairs);
  }
  if (backbone.size() == 0) return {freeing, !landscape.pressure()};
  const CgSolver solver(keeper.hessian(backbone.size(), pairs));
  Step step = backbone_step(landscape, point, volume, backbone, pairs, solver);
  step.column += freeing;
  return step;
}

}  // namespace

NewtonResult newton(Landscape& landscape, const Potential& potential, Point& point, double target) {
  constexpr double kQuadratic = 1e-7;  // a step so short, in small diameters, fails by round-off alone
  constexpr double kWorthwhile = 0.5;  // rattlers that hit one another are for other methods
  Point trial;
  NewtonResult result;
  PatternKeeper keeper;
  for (double force = max_norm(point.forces); force >= target && !landscape.exhausted(); ++result.steps) {
    const System here = landscape.system(point);
    Pairs pairs = interacting_pairs(here, potential);
    const Backbone backbone(here.size(), pairs);
    const Step step = step_from(landscape, point, backbone, std::move(pairs), here.box.volume(), keeper);
    if (!step.positive || !(max_displacement(step.column) < kMaxStep)) break;
    landscape.evaluate_step(point, step.column, 1, trial);
    const double reached = max_norm(trial.forces);
    if (!(reached < (backbone.is_whole() ? 1 : kWorthwhile) * force)) {
      // The forces of rattlers jump where contacts open, however short the step.
      result.round_off = backbone.is_whole() && max_displacement(step.column) < kQuadratic;
      break;
    }
    std::swap(point, trial);
    force = reached;
  }
  return result;
}

}  // namespace pssglass
