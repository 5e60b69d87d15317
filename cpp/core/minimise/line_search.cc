#include "minimise/line_search.h"

#include <algorithm>

#include "minimise/minimizers.h"

namespace pssglass {
namespace {

/// Energies of large systems are sums with round-off: changes below this fraction say nothing.
constexpr double kEnergyNoise = 1e-13;
constexpr double kSufficientDecrease = 1e-4;

/// Armijo's condition or, where the energy no longer resolves it, its equivalent in terms of slopes
/// [Hager & Zhang, doi:10.1137/030601880].
bool sufficient(const Point& from, const Point& trial, double step, double slope, double trial_slope) {
  if (trial.energy <= from.energy - kSufficientDecrease * step * slope) return true;
  return trial.energy <= from.energy + kEnergyNoise * std::abs(from.energy) &&
         trial_slope >= -(1 - 2 * kSufficientDecrease) * slope;
}

}  // namespace

bool backtrack(Landscape& landscape, const Point& from, const Vector& direction, Point& trial) {
  const double slope = direction.dot(as_column(from.forces));
  double step = 1;
  for (int attempt = 0; attempt < 20 && !landscape.exhausted(); ++attempt) {
    landscape.evaluate_step(from, direction, step, trial);
    if (sufficient(from, trial, step, slope, direction.dot(as_column(trial.forces)))) return true;
    const double bend = trial.energy - from.energy + step * slope;
    const double parabola = bend > 0 ? 0.5 * slope * step * step / bend : 0;
    step = std::clamp(parabola, 0.1 * step, 0.5 * step);
  }
  return false;
}

double secant_search(Landscape& landscape, const Point& from, const Vector& direction, double guess,
                     Point& trial) {
  const double slope = direction.dot(as_column(from.forces));
  const double longest = kMaxStep / max_displacement(direction);
  double step = std::min(guess, longest);
  for (int attempt = 0; attempt < 20 && !landscape.exhausted(); ++attempt) {
    landscape.evaluate_step(from, direction, step, trial);
    const double trial_slope = direction.dot(as_column(trial.forces));
    const bool lower = sufficient(from, trial, step, slope, trial_slope);
    const bool flat = std::abs(trial_slope) <= 0.1 * slope;
    if (lower && (flat || step == longest)) return step;
    const double secant = slope > trial_slope ? step * slope / (slope - trial_slope) : 2 * step;
    step = std::min(std::clamp(secant, 0.1 * step, lower ? 4 * step : 0.5 * step), longest);
  }
  return 0;
}

}  // namespace pssglass
