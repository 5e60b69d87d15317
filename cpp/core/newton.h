// Newton's method for the last digits of an inherent state.
#pragma once

#include "landscape.h"

namespace pssglass {

/// Steps M⁻¹·F, by conjugate gradients, until the largest force is below `target`. Leaves the point where a
/// step would not reduce it (round-off), would be longer than kMaxStep, or meets a direction in which the
/// energy does not curve upward. Returns the number of steps.
std::int64_t newton(Landscape& landscape, const System& system, const Potential& potential, Point& point,
                    double target);

}  // namespace pssglass
