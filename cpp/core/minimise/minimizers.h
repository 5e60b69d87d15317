// Iterative minimisers that use forces alone. Each moves `point` downhill until its largest force is below
// `target`, the evaluations are used up or no progress is possible, and returns its number of iterations.
#pragma once

#include "minimise/landscape.h"

namespace pssglass {

/// No particle moves further than this in one step of a minimiser (units of the small diameter).
inline constexpr double kMaxStep = 0.1;
/// First guess of a step along the forces.
inline constexpr double kInverseStiffness = 1e-3;

/// Limited-memory BFGS [Nocedal, doi:10.1090/S0025-5718-1980-0572855-7], backtracking from the unit step.
std::int64_t lbfgs(Landscape& landscape, Point& point, double target);

/// FIRE 2.0 with semi-implicit Euler steps [Guénolé et al., doi:10.1016/j.commatsci.2020.109584].
std::int64_t fire(Landscape& landscape, Point& point, double target);

/// Nonlinear conjugate gradients, Polak–Ribière with restarts, secant line search.
std::int64_t conjugate_gradients(Landscape& landscape, Point& point, double target);

}  // namespace pssglass
