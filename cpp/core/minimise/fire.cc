#include <algorithm>
#include <utility>

#include "minimise/minimizers.h"

namespace pssglass {
namespace {

constexpr double kFirstTimeStep = 0.005, kLongestTimeStep = 0.02, kShortestTimeStep = 1e-4;
constexpr double kMixing = 0.25, kMixingDecay = 0.99;
constexpr double kGrowth = 1.1, kShrinkage = 0.5;
constexpr int kDelay = 20;

}  // namespace

std::int64_t fire(Landscape& landscape, Point& point, double target) {
  Vector velocity = Vector::Zero(static_cast<Eigen::Index>(3 * point.positions.size()));
  double time_step = kFirstTimeStep, mixing = kMixing;
  int downhill = 0;
  std::int64_t iterations = 0;
  for (; max_norm(point.forces) >= target && !landscape.exhausted(); ++iterations) {
    const auto force = as_column(std::as_const(point.forces));
    if (force.dot(velocity) > 0) {
      if (++downhill > kDelay) {
        time_step = std::min(kGrowth * time_step, kLongestTimeStep);
        mixing *= kMixingDecay;
      }
    } else {
      downhill = 0;
      if (iterations >= kDelay) time_step = std::max(kShrinkage * time_step, kShortestTimeStep);
      mixing = kMixing;
      as_column(point.positions) -= 0.5 * time_step * velocity;
      velocity.setZero();
    }
    velocity += time_step * force;
    velocity += mixing * (velocity.norm() / force.norm() * force - velocity);
    velocity *= std::min(1.0, kMaxStep / (time_step * max_displacement(velocity)));
    as_column(point.positions) += time_step * velocity;
    landscape.evaluate(point);
  }
  return iterations;
}

}  // namespace pssglass
