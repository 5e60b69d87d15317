#include "particles/valid_positions.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.h"

namespace pssglass {

double farthest2(const Box& box) {
  constexpr double kFarthest = 1e9;
  const double farthest = kFarthest * std::min({box.lx(), box.ly(), box.lz()});
  return farthest * farthest;
}

void refuse_position(std::size_t particle, const Vec3& position) {
  const auto [x, y, z] = position;
  std::ostringstream message;
  message << "position (" << x << ", " << y << ", " << z << ") of particle " << particle;
  if (std::isfinite(x) && std::isfinite(y) && std::isfinite(z))
    message << " is more than 1e9 boxes away: move it into the box";
  else
    message << " is not finite";
  throw InvalidArgument(message.str());
}

void require_valid_positions(const Box& box, const Vectors& positions) {
  const double limit2 = farthest2(box);
  for (std::size_t i = 0; i < positions.size(); ++i)
    if (!(dot(positions[i], positions[i]) < limit2)) refuse_position(i, positions[i]);
}

}  // namespace pssglass
