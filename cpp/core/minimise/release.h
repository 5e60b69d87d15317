// Rattlers that a quench has left squeezed between others.
#pragma once

#include "minimise/landscape.h"

namespace pssglass {

/// A rattler between two or three others rolls out so slowly at first that forces may balance to any
/// tolerance before it has left. Moves such ones out of the plane of their contacts, to where the energy is
/// lower; false where there are none, or none can move.
bool release_rattlers(Landscape& landscape, const Potential& potential, Point& point);

}  // namespace pssglass
