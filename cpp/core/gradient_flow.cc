#include "gradient_flow.h"

#include <algorithm>
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
      direction_ /= direction_.norm();
      landscape.evaluate_step(point, direction_, kDisplacement, probe_);
      direction_ = (as_column(point.forces) - as_column(probe_.forces)) / kDisplacement;
      const double last = value;
      value = direction_.norm();
      if (std::abs(value - last) < 0.02 * value) break;
    }
    return 1.2 * value;
  }

 private:
  Vector direction_;
  Point probe_;
};

}  // namespace

std::int64_t gradient_flow(Landscape& landscape, Point& point, double target, double tolerance) {
  constexpr int kMaxStages = 200;
  Stiffness stiffness;
  double largest = stiffness.estimate(landscape, point);
  double step = 1 / largest;
  std::int64_t accepted = 0;
  Point next;
  Vector before, last, current;
  for (int since_estimate = 0; max_norm(point.forces) >= target && !landscape.exhausted(); ++since_estimate) {
    if (since_estimate == 20) {
      largest = stiffness.estimate(landscape, point);
      since_estimate = 0;
    }
    step = std::min(step, (kMaxStages * kMaxStages - 1) / (1.54 * largest));
    const Stages stages(std::max(2, 1 + static_cast<int>(std::sqrt(1.54 * step * largest + 1))));
    const auto start = as_column(std::as_const(point.positions)),
               force = as_column(std::as_const(point.forces));
    before = start;
    current = start + stages.first * step * force;
    for (const Stages::Stage& stage : stages.rest) {
      last = current;
      next.positions.resize(point.positions.size());
      as_column(next.positions) = last;
      landscape.evaluate(next);
      current = (1 - stage.previous - stage.before) * start + stage.previous * last + stage.before * before +
                step * (stage.force * as_column(next.forces) + stage.first_force * force);
      before = last;
    }
    as_column(next.positions) = current;
    landscape.evaluate(next);
    const double error =
        max_displacement(0.8 * (start - current) + 0.4 * step * (force + as_column(next.forces))) / tolerance;
    if (error < 1) {
      std::swap(point, next);
      ++accepted;
    }
    step *= std::clamp(0.8 / std::cbrt(error), 0.1, 3.0);
  }
  return accepted;
}

}  // namespace pssglass
