// How far beyond the cutoff Verlet lists should reach, and for when they are made.
#pragma once

#include "particles/system.h"

namespace pssglass {

struct ListSkin {
  double skin;
  /// Lists are made for the positions expected after this many steps, half of their life: particles then come
  /// as near as they go away, and lists live twice as long.
  double lead;

  bool operator==(const ListSkin&) const = default;
};

/// The skin with the lowest estimated cost of a step: a longer one lists more pairs, a shorter one is rebuilt
/// more often. A function of density, cutoffs and of the distance `stride` = √(k_B T/m)·dt that a particle
/// moves in a step, not of clocks or velocities: a resumed run finds the same value. At least a twentieth of
/// the longest cutoff, and at most `longest` if that allows.
ListSkin list_skin(const System& system, const Potential& potential, double stride, double longest);

}  // namespace pssglass
