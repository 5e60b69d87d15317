#include "quasilocalised/descent.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "minimise/lbfgs_history.h"
#include "quasilocalised/bond_cost.h"

namespace pssglass {
namespace {

/// Changes of ln C below this say nothing.
constexpr double kNoise = 1e-13;
constexpr double kSufficientDecrease = 1e-4;
/// Of the first step, in units of |z|.
constexpr double kFirstStep = 0.01;

struct State {
  Vector z, downhill;  // minus the gradient
  double cost = 0;     // ln C

  double residual() const { return downhill.norm() * z.norm(); }
};

void evaluate(BondCost& cost, State& state) {
  state.cost = cost.evaluate(state.z, state.downhill);
  state.downhill = -state.downhill;
}

/// Armijo's condition or, where the cost no longer resolves it, its equivalent in terms of slopes
/// [Hager & Zhang, doi:10.1137/030601880].
bool sufficient(const State& from, const State& trial, double step, double slope, double trial_slope) {
  if (trial.cost <= from.cost - kSufficientDecrease * step * slope) return true;
  return trial.cost <= from.cost + kNoise && trial_slope >= -(1 - 2 * kSufficientDecrease) * slope;
}

/// Moves from `from` along `direction`, trying the full step first; false where no step does.
bool backtrack(BondCost& cost, const State& from, const Vector& direction, State& trial) {
  const double slope = direction.dot(from.downhill);
  double step = 1;
  for (int attempt = 0; attempt < 20; ++attempt) {
    trial.z = from.z + step * direction;
    evaluate(cost, trial);
    if (sufficient(from, trial, step, slope, direction.dot(trial.downhill))) return true;
    const double bend = trial.cost - from.cost + step * slope;
    const double parabola = bend > 0 ? 0.5 * slope * step * step / bend : 0;
    step = std::clamp(parabola, 0.1 * step, 0.5 * step);
  }
  return false;
}

std::int64_t descend(BondCost& cost, State& state, const DescentSettings& settings) {
  LbfgsHistory history(static_cast<std::size_t>(state.z.size()));
  Vector direction;
  State trial;
  evaluate(cost, state);
  std::int64_t iterations = 0;
  while (state.residual() > settings.tolerance && iterations < settings.max_iterations) {
    if (!history.empty()) direction = history.direction();
    if (history.empty() || !(direction.dot(state.downhill) > 0)) {
      history.clear();
      direction = kFirstStep * state.z.norm() / state.downhill.norm() * state.downhill;
    }
    direction *= std::min(1.0, settings.longest_step * state.z.norm() / direction.norm());
    if (backtrack(cost, state, direction, trial)) {
      history.add({state.z.data(), trial.z.data(), state.downhill.data(), trial.downhill.data()});
      std::swap(state, trial);
      ++iterations;
    } else if (history.empty()) {
      break;
    } else {
      history.clear();
    }
  }
  return iterations;
}

Matrix of_backbone(const Backbone& backbone, ConstMatrixView fields) {
  return backbone.is_whole() ? Matrix(fields) : backbone.restricted(fields);
}

}  // namespace

void bond_costs(const Mechanics& mechanics, ConstMatrixView fields, Vector& costs, Matrix& gradients) {
  const Backbone& backbone = mechanics.backbone();
  const Matrix inner = of_backbone(backbone, fields);
  Matrix found(inner.rows(), inner.cols());
  costs.resize(inner.cols());
  BondCost cost(backbone.size(), mechanics.backbone_pairs());
  Vector gradient;
  for (Eigen::Index k = 0; k < inner.cols(); ++k) {
    costs[k] = cost.evaluate(inner.col(k), gradient);
    found.col(k) = gradient;
  }
  gradients = backbone.is_whole() ? found : backbone.extended(found);
}

PseudoHarmonicModes pseudo_harmonic_modes(const Mechanics& mechanics, ConstMatrixView starts,
                                          const DescentSettings& settings, int threads) {
  const Backbone& backbone = mechanics.backbone();
  Matrix fields = of_backbone(backbone, starts);
  project_out_translations(fields);
  const Eigen::Index count = fields.cols();
  for (Eigen::Index k = 0; k < count; ++k)
    if (!(fields.col(k).norm() > 1e-12 * starts.col(k).norm()))
      throw InvalidArgument("start " + std::to_string(k) + " moves no particles against each other");
  PseudoHarmonicModes out{fields, Vector(count), Vector(count), Vector(count),
                          std::vector<std::int64_t>(static_cast<std::size_t>(count))};
  for_blocks(
      static_cast<std::size_t>(count), threads,
      [&](std::size_t begin, std::size_t, std::size_t) {
        const auto k = static_cast<Eigen::Index>(begin);
        BondCost cost(backbone.size(), mechanics.backbone_pairs());
        State state{fields.col(k).normalized(), {}, 0};
        out.iterations[begin] = descend(cost, state, settings);
        out.vectors.col(k) = state.z;
        project_out_translations(out.vectors.col(k));
        state.z = out.vectors.col(k).normalized();
        out.vectors.col(k) = state.z;
        Vector force, quarter;
        const BondSums sums = cost.sums(state.z, force, quarter);
        evaluate(cost, state);
        out.stiffnesses[k] = sums.stiffness;
        out.costs[k] = sums.stiffness * sums.stiffness / sums.squares;
        out.residuals[k] = state.residual();
      },
      1);
  if (!backbone.is_whole()) out.vectors = backbone.extended(out.vectors);
  return out;
}

}  // namespace pssglass
