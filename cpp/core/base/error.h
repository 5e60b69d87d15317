// What the core throws. Messages are one line: the value, the bound, the remedy.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace pssglass {

struct InvalidArgument : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// The periodic box is narrower than two cutoffs, so the minimum image is ambiguous.
struct BoxTooSmall : InvalidArgument {
  using InvalidArgument::InvalidArgument;
};

/// A configuration whose pinned Hessian is not positive definite has no response to forces.
struct NotPositiveDefinite : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An iteration gave up before its result was certain.
struct NotConverged : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A trajectory produced a non-finite or runaway particle.
struct TrajectoryDiverged : std::runtime_error {
  TrajectoryDiverged(std::int64_t step_, std::int64_t particle_, const std::string& reason)
      : std::runtime_error("trajectory diverged at step " + std::to_string(step_) + ", particle " +
                           std::to_string(particle_) + ": " + reason),
        step(step_),
        particle(particle_) {}
  /// What is no single particle's doing.
  TrajectoryDiverged(std::int64_t step_, const std::string& reason)
      : std::runtime_error("trajectory diverged at step " + std::to_string(step_) + ": " + reason),
        step(step_),
        particle(-1) {}
  std::int64_t step;
  std::int64_t particle;
};

}  // namespace pssglass
