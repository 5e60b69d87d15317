// How far beyond the cutoff Verlet lists should reach.
#pragma once

#include "system.h"

namespace pssglass {

/// The skin with the lowest estimated cost of a step: a longer one lists more pairs, a shorter one is rebuilt
/// more often. A function of density, cutoffs and of the distance `stride` = √(k_B T/m)·dt that a particle
/// moves in a step, not of clocks or velocities: a resumed run finds the same value. At least a twentieth of
/// the longest cutoff, and at most `longest` if that allows.
double list_skin(const System& system, const Potential& potential, double stride, double longest);

}  // namespace pssglass
