#include "particles/pairs.h"

namespace pssglass {

Pairs interacting_pairs(const System& system, const Potential& potential) {
  Pairs pairs;
  for_interacting_pairs(
      system, potential, [&](std::size_t count) { pairs.reserve(count); },
      [&](const Pair& pair) { pairs.push_back(pair); });
  return pairs;
}

}  // namespace pssglass
