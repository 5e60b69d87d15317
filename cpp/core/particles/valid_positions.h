// Positions that are numbers, and near enough to the box.
#pragma once

#include "base/vectors.h"
#include "particles/box.h"

namespace pssglass {

/// The square of the farthest distance from the origin: beyond 1e9 boxes positions have lost the precision
/// that forces need.
double farthest2(const Box& box);

/// Throws InvalidArgument that says what is wrong with a position.
[[noreturn]] void refuse_position(std::size_t particle, const Vec3& position);

/// Throws InvalidArgument unless all positions are finite and within farthest2(box).
void require_valid_positions(const Box& box, const Vectors& positions);

}  // namespace pssglass
