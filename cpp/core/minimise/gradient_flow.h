// The steepest-descent flow dx/dt = F(x), which defines the basin that a liquid belongs to.
#pragma once

#include "minimise/landscape.h"

namespace pssglass {

/// Integrates the flow until the largest force is below `target`, with local errors of at most `tolerance` in
/// any particle's position, by the stabilised explicit Runge–Kutta–Chebyshev method of second order
/// [Sommeijer, Shampine & Verwer, doi:10.1016/S0377-0427(97)00219-7]. Returns the number of steps accepted.
std::int64_t gradient_flow(Landscape& landscape, Point& point, double target, double tolerance);

}  // namespace pssglass
