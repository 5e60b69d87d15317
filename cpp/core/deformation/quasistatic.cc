#include "deformation/quasistatic.h"

#include <utility>

#include "forces/forces.h"
#include "forces/strain.h"
#include "mechanics/backbone.h"
#include "mechanics/cg_solver.h"
#include "mechanics/hessian.h"
#include "minimise/newton.h"
#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// Of tangents: the modulus errs by the square.
constexpr double kTangentAccuracy = 1e-6;
/// Newton's method takes two or three steps on a branch, more only next to its end.
constexpr std::int64_t kMaxEvaluations = 25;

Vectors to_vectors(const Vector& column) {
  Vectors out(static_cast<std::size_t>(column.size() / 3));
  as_column(out) = column;
  return out;
}

}  // namespace

Quasistatic::Quasistatic(System initial, Potential potential, const Deformation& deformation,
                         double tolerance, int threads)
    : initial_(std::move(initial)),
      potential_(std::move(potential)),
      deformation_(deformation),
      tolerance_(tolerance),
      threads_(threads) {
  validate(initial_, potential_);
}

Box Quasistatic::box_at(double strain) const {
  const Box box = deformation_.moved(initial_.box, strain);
  box.require_cutoff(longest_cutoff(initial_, potential_));
  return box;
}

Vectors Quasistatic::moved(const Vectors& positions, double by) const {
  Vectors out;
  out.reserve(positions.size());
  for (const Vec3& r : positions) out.push_back(deformation_.moved(r, by));
  return out;
}

System Quasistatic::system_at(double strain, Vectors positions) const {
  return {box_at(strain), std::move(positions), initial_.species, initial_.diameters};
}

StrainedState Quasistatic::state(double strain, Vectors positions) const {
  const System system = system_at(strain, std::move(positions));
  const double volume = system.box.volume();
  Pairs pairs = interacting_pairs(system, potential_);
  const ForceField field = evaluate(system, pairs);
  StrainedState out{.strain = strain, .box = system.box, .positions = system.positions};
  out.energy = field.energy;
  out.max_force = max_norm(field.forces);
  const Eigen::Matrix3d& gradient = deformation_.gradient();
  out.stress = strain_derivative(system.size(), pairs, gradient).first / volume;

  const Backbone backbone(system.size(), pairs, force_floor(pairs, out.max_force));
  out.tangent.resize(system.size());
  if (backbone.size() == 0) return out;
  if (!backbone.is_whole()) pairs = backbone.inner(pairs);
  const StrainDerivative strain_response = strain_derivative(backbone.size(), pairs, gradient);
  const Hessian hessian(backbone.size(), pairs);
  const CgSolver::Solution solution =
      CgSolver(hessian, threads_).solve(strain_response.mixed, kTangentAccuracy);
  out.positive = solution.positive;
  const Vector response = solution.x.col(0);
  out.modulus = (strain_response.second - strain_response.mixed.dot(response)) / volume;
  out.tangent = to_vectors(backbone.is_whole() ? Vector(-response) : Vector(backbone.extended(-response)));
  return out;
}

std::optional<StrainedState> Quasistatic::follow(const StrainedState& from, double strain) const {
  // Close to its end a branch moves as the root of the distance, and its tangent leads beyond. There the
  // affine image lies on the near side, from where Newton's method descends to a root steadily.
  for (const double part : {1.0, 0.0})
    if (auto found = follow(from, strain, part)) return found;
  return {};
}

std::optional<StrainedState> Quasistatic::follow(const StrainedState& from, double strain,
                                                 double part) const {
  const double by = strain - from.strain;
  System guess = system_at(strain, moved(from.positions, by));
  as_column(guess.positions) += part * by * as_column(from.tangent);
  Landscape landscape(guess, potential_, kMaxEvaluations, threads_);
  Point point = landscape.start(guess.positions);
  // Round-off differs between fast and reference evaluation.
  newton(landscape, potential_, point, 0.5 * tolerance_);
  if (!(max_norm(point.forces) < 0.5 * tolerance_)) return {};
  StrainedState out = state(strain, std::move(point.positions));
  if (!out.positive || !(out.max_force < tolerance_)) return {};
  return out;
}

}  // namespace pssglass
