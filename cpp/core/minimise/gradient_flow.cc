#include "minimise/gradient_flow.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace pssglass {
namespace {

/// Coefficients of one step with a given number of stages.
struct Stages {
  struct Stage {
    double previous, before, force, first_force;  // μ, ν, μ̃, γ̃ of the paper
  };
  double first;  // μ̃₁
  std::vector<Stage> rest;

  explicit Stages(int count) {
    const double w0 = 1 + 2.0 / (13.0 * count * count);
    std::vector<double> t{1, w0}, dt{0, 1}, ddt{0, 0};  // Chebyshev polynomials at w0 and their derivatives
    for (std::size_t j = 2; j <= static_cast<std::size_t>(count); ++j) {
      t.push_back(2 * w0 * t[j - 1] - t[j - 2]);
      dt.push_back(2 * t[j - 1] + 2 * w0 * dt[j - 1] - dt[j - 2]);
      ddt.push_back(4 * dt[j - 1] + 2 * w0 * ddt[j - 1] - ddt[j - 2]);
    }
    const double w1 = dt.back() / ddt.back();
    const auto b = [&](std::size_t j) {
      return ddt[std::max<std::size_t>(j, 2)] / std::pow(dt[std::max<std::size_t>(j, 2)], 2);
    };
    first = b(1) * w1;
    for (std::size_t j = 2; j < t.size(); ++j) {
      const double force = 2 * b(j) * w1 / b(j - 1);
      rest.push_back({2 * b(j) * w0 / b(j - 1), -b(j) / b(j - 2), force, -(1 - b(j - 1) * t[j - 1]) * force});
    }
  }
};

/// The largest stiffness, which bounds stable steps, by power iteration on differences of forces.
class Stiffness {
 public:
  double estimate(Landscape& landscape, const Point& point) {
    constexpr double kDisplacement = 1e-6;
    if (direction_.size() == 0) direction_ = as_column(point.forces);
    double value = 0;
    for (int iteration = 0; iteration < 50; ++iteration) {
      // In a dilute system the particles that a direction moves may interact no longer.
      if (direction_.norm() == 0) direction_ = as_column(point.forces);
      if (direction_.norm() == 0) break;
      direction_ /= direction_.norm();
      landscape.evaluate_step(point, direction_, kDisplacement, probe_);
      direction_ = (as_column(point.forces) - as_column(probe_.forces)) / kDisplacement;
      const double last = value;
      value = direction_.norm();
      if (std::abs(value - last) < 0.02 * value) break;
    }
    return value > 0 ? 1.2 * value : 1;
  }

 private:
  Vector direction_;
  Point probe_;
};

/// One step from a point, by as many stages as its length needs.
class Step {
 public:
  explicit Step(Landscape& landscape) : landscape_(landscape) {}

  /// Evaluates the end, `next`, and returns the estimated error of the farthest particle: infinite, and
  /// `next` undefined, where a stage is thrown far away, because the landscape became stiffer than expected.
  double take(const Point& point, double step, double largest, Point& next) {
    const Stages stages(std::max(2, 1 + static_cast<int>(std::sqrt(1.54 * step * largest + 1))));
    const auto start = as_column(point.positions), force = as_column(point.forces);
    next.positions.resize(point.positions.size());
    before_ = start;
    current_ = start + stages.first * step * force;
    for (const Stages::Stage& stage : stages.rest) {
      if (thrown_away(point)) return kInfinite;
      last_ = current_;
      as_column(next.positions) = last_;
      landscape_.evaluate(next);
      current_ = (1 - stage.previous - stage.before) * start + stage.previous * last_ +
                 stage.before * before_ +
                 step * (stage.force * as_column(next.forces) + stage.first_force * force);
      before_ = last_;
    }
    if (thrown_away(point)) return kInfinite;
    as_column(next.positions) = current_;
    landscape_.evaluate(next);
    const double error =
        max_displacement(0.8 * (start - current_) + 0.4 * step * (force + as_column(next.forces)));
    return std::isfinite(error) ? error : kInfinite;
  }

 private:
  static constexpr double kInfinite = std::numeric_limits<double>::infinity();
  static constexpr double kFarAway = 1e5;

  bool thrown_away(const Point& point) const {
    return !((current_ - as_column(point.positions)).norm() < kFarAway);
  }

  Landscape& landscape_;
  Vector before_, last_, current_;
};

}  // namespace

std::int64_t gradient_flow(Landscape& landscape, Point& point, double target, double tolerance) {
  constexpr int kMaxStages = 200, kEstimateEvery = 20;
  Stiffness stiffness;
  double largest = stiffness.estimate(landscape, point);
  double step = 1 / largest;
  std::int64_t accepted = 0;
  Point next;
  Step trial(landscape);
  for (int since_estimate = 0; max_norm(point.forces) >= target && !landscape.exhausted(); ++since_estimate) {
    if (since_estimate >= kEstimateEvery) {
      largest = stiffness.estimate(landscape, point);
      since_estimate = 0;
    }
    step = std::min(step, (kMaxStages * kMaxStages - 1) / (1.54 * largest));
    const double error = trial.take(point, step, largest, next) / tolerance;
    if (error < 1) {
      std::swap(point, next);
      ++accepted;
    }
    if (std::isinf(error)) {
      if (landscape.at_edge(point)) break;
      since_estimate = kEstimateEvery;
    }
    step *= std::clamp(0.8 / std::cbrt(error), 0.1, 3.0);
  }
  return accepted;
}

}  // namespace pssglass
