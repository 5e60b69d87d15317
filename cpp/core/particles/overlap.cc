#include "particles/overlap.h"

#include <string>

namespace pssglass {

void require_apart(const Pairs& pairs, double cutoff) {
  constexpr double kSamePlace = 1e-7;
  const double least2 = kSamePlace * kSamePlace * cutoff * cutoff;
  for (const Pair& pair : pairs)
    if (!(pair.r2 > least2))
      throw InvalidArgument("particles " + std::to_string(pair.i) + " and " + std::to_string(pair.j) +
                            " are at the same place: move one of them");
}

}  // namespace pssglass
