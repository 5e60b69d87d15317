#include "minimise/quench.h"

#include <array>
#include <sstream>

#include "minimise/gradient_flow.h"
#include "minimise/minimizers.h"
#include "minimise/newton.h"
#include "minimise/release.h"
#include "particles/overlap.h"
#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// Below this force round-off stops minimisers that compare energies; Newton's method goes further.
constexpr double kDescentFloor = 5e-10;

using Descent = std::int64_t (*)(Landscape&, Point&, double target, const QuenchOptions&);

template <auto minimizer>
std::int64_t by(Landscape& landscape, Point& point, double target, const QuenchOptions&) {
  return minimizer(landscape, point, target);
}
std::int64_t by_flow(Landscape& landscape, Point& point, double target, const QuenchOptions& options) {
  return gradient_flow(landscape, point, target, options.flow_tolerance);
}

/// A method, how it descends, and the largest force at which Newton's method takes over.
struct Recipe {
  std::string_view name;
  QuenchMethod method;
  Descent descend;
  double handover;
};

constexpr std::array kRecipes{
    Recipe{"fast", QuenchMethod::fast, by<lbfgs>, 1e-3},
    Recipe{"faithful", QuenchMethod::faithful, by_flow, 1e-3},
    Recipe{"fire", QuenchMethod::fire, by<fire>, 1e-5},
    Recipe{"lbfgs", QuenchMethod::lbfgs, by<lbfgs>, 1e-5},
    Recipe{"cg", QuenchMethod::cg, by<conjugate_gradients>, 1e-5},
};

const Recipe& recipe_of(QuenchMethod method) {
  for (const Recipe& recipe : kRecipes)
    if (recipe.method == method) return recipe;
  throw InvalidArgument("unknown quench method");
}

void check(const QuenchOptions& options) {
  std::ostringstream message;
  if (!(options.tolerance > 0) || !std::isfinite(options.tolerance))
    message << "quench tolerance must be positive and finite, got " << options.tolerance << ": 1e-9 is usual";
  else if (options.max_evaluations < 1)
    message << "max_evaluations must be at least 1, got " << options.max_evaluations;
  else if (!(options.flow_tolerance > 0) || !std::isfinite(options.flow_tolerance))
    message << "flow tolerance must be positive and finite, got " << options.flow_tolerance
            << ": 1e-5 is usual";
  else if (options.pressure && !std::isfinite(*options.pressure))
    message << "pressure must be finite, got " << *options.pressure;
  else
    return;
  throw InvalidArgument(message.str());
}

/// Explains forces that are not finite.
[[noreturn]] void refuse_start(const System& system, const Potential& potential) {
  require_apart(interacting_pairs(system, potential), longest_cutoff(system, potential));
  throw InvalidArgument("particles overlap so much that their forces are not finite: spread them out");
}

std::string verdict(const QuenchResult& result, const QuenchOptions& options, bool round_off,
                    bool exhausted) {
  std::ostringstream message;
  message << "max|F| = " << result.max_force;
  if (options.pressure) message << " and p - P = " << result.pressure - *options.pressure;
  if (result.converged) return message.str();
  message << ", above the tolerance " << options.tolerance << ": ";
  if (round_off)
    message << "only round-off is left of the forces, ask for a larger tolerance";
  else if (exhausted)
    message << "the evaluations are used up, raise max_evaluations";
  else
    message << "no step lowers the energy any further, try another method";
  return message.str();
}

/// The verdict where the way led out of all reasonable volumes.
std::string lost(const Landscape& landscape) {
  std::ostringstream message;
  message << "no minimum at pressure " << *landscape.pressure() << ": the volume went to "
          << landscape.lost_volume()
          << ", where the box is below two cutoffs or the particles are apart; take another pressure";
  return message.str();
}

}  // namespace

QuenchMethod quench_method(std::string_view name) {
  std::string known;
  for (const Recipe& recipe : kRecipes) {
    if (recipe.name == name) return recipe.method;
    known += (known.empty() ? "" : ", ") + std::string(recipe.name);
  }
  throw InvalidArgument("unknown quench method '" + std::string(name) + "': choose one of " + known);
}

QuenchResult minimize(const System& system, const Potential& potential, const QuenchOptions& options) {
  check(options);
  const Recipe& recipe = recipe_of(options.method);
  Landscape landscape(system, potential, options.max_evaluations, options.threads, options.pressure);
  Point point = landscape.start(system.positions);
  if (!std::isfinite(max_norm(point.forces))) refuse_start(system, potential);

  QuenchResult result{.positions = {}, .box = system.box};
  // The final verdict is the reference evaluation's: leave room for its round-off.
  const double tolerance = 0.5 * options.tolerance, lowest_target = std::max(tolerance, kDescentFloor);
  NewtonResult last;
  for (double target = recipe.handover;; target *= 0.1) {
    result.iterations += recipe.descend(landscape, point, std::max(target, lowest_target), options);
    last = newton(landscape, potential, point, tolerance);
    result.newton_steps += last.steps;
    const bool converged = max_norm(point.forces) < tolerance;
    if (converged && !landscape.exhausted() && release_rattlers(landscape, potential, point))
      target = 10 * recipe.handover;
    else if (converged || target <= lowest_target || last.round_off || landscape.exhausted() ||
             (landscape.lost_volume() > 0 && landscape.at_edge(point)))
      break;
  }
  result.force_evaluations = landscape.evaluations();
  if (landscape.lost_volume() > 0 && !(max_norm(point.forces) < tolerance)) {
    result.positions = system.positions;
    result.message = lost(landscape);
    return result;
  }

  System end = landscape.system(point);
  Image crossings;
  for (Vec3& r : end.positions) r = end.box.wrap(r, crossings);
  const ForceField field = evaluate(end, potential);
  result.positions = std::move(end.positions);
  result.box = end.box;
  result.pressure = field.stress.trace() / 3;
  result.energy = field.energy;
  result.max_force = max_norm(field.forces);
  const double excess = options.pressure ? std::abs(result.pressure - *options.pressure) : 0;
  result.converged = result.max_force < options.tolerance && excess < options.tolerance;
  result.message = verdict(result, options, last.round_off, landscape.exhausted());
  return result;
}

}  // namespace pssglass
