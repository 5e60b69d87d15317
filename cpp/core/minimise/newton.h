// Newton's method for the last digits of an inherent state.
#pragma once

#include "minimise/landscape.h"

namespace pssglass {

struct NewtonResult {
  std::int64_t steps = 0;
  bool round_off = false;  ///< nothing but round-off is left of the forces
};

/// Steps M⁻¹·F of the backbone, by conjugate gradients, at constant pressure with the strain as one unknown
/// more, and of rattlers out of their contacts, until the largest force is below `target`. Leaves the point
/// where a step would not reduce it, would be longer than kMaxStep, or meets a direction in which the energy
/// does not curve upward.
NewtonResult newton(Landscape& landscape, const Potential& potential, Point& point, double target);

}  // namespace pssglass
