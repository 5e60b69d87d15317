// Newton's method for the last digits of an inherent state.
#pragma once

#include "landscape.h"

namespace pssglass {

/// Chord Newton: one factorised Hessian serves as long as each step reduces the largest force tenfold. Stops
/// at `target` or where no step reduces it further (round-off), and where the Hessian is not positive
/// definite or a step longer than kMaxStep, when the point is left as it is. Returns the number of steps.
std::int64_t newton(Landscape& landscape, const System& system, const Potential& potential, Point& point,
                    double target);

}  // namespace pssglass
