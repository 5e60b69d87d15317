// Energy and pressure of one configuration, the pressure split by the sign of the pair force [paper, Eq. A7].
#pragma once

#include <vector>

#include "particles/pairs.h"

namespace pssglass {

struct Energetics {
  double energy = 0;
  double pressure = 0, pressure_repulsive = 0, pressure_attractive = 0;  ///< p = p₊ − p₋
  double coordination = 0;  ///< interacting neighbours of a particle
  double max_force = 0;
};

Energetics energetics(const System& system, const Pairs& pairs);

}  // namespace pssglass
