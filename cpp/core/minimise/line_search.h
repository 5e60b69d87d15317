// Steps along a descent direction.
#pragma once

#include "minimise/landscape.h"

namespace pssglass {

/// Moves from `from` along `direction`, trying the full step first, until the energy falls enough; `trial` is
/// where it ends. False where no step does.
bool backtrack(Landscape& landscape, const Point& from, const Vector& direction, Point& trial);

/// Goes close to the minimum along `direction`: from a first guess of the step, by secants on the slope.
/// Returns the step taken, 0 where none lowers the energy.
double secant_search(Landscape& landscape, const Point& from, const Vector& direction, double guess,
                     Point& trial);

}  // namespace pssglass
