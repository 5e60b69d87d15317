#include "structure/pair_counts.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "particles/near_pairs.h"
#include "particles/valid_positions.h"
#include "structure/species_pairs.h"

namespace pssglass {
namespace {

/// By how much a range may be above half of the box: what the sums of its bins leave of round-off.
constexpr double kRoundOff = 1e-9;

void check(const Box& box, const Vectors& positions, double range, int bins) {
  require_valid_positions(box, positions);
  if (bins < 1) throw InvalidArgument("bins must be at least 1, got " + std::to_string(bins));
  const Vec3 width = box.plane_distances();
  const double narrowest = std::min({width.x, width.y, width.z});
  if (!(range > 0 && 2 * range <= narrowest * (1 + kRoundOff)))
    throw InvalidArgument("range must be positive and at most half of the box's narrowest width, " +
                          std::to_string(0.5 * narrowest) + ", got " + std::to_string(range));
}

}  // namespace

std::vector<std::int64_t> pair_counts(const Box& box, const Vectors& positions, const Species& species,
                                      int kinds, double range, int bins) {
  const SpeciesPairs pairs(species, positions.size(), kinds);
  check(box, positions, range, bins);
  std::vector<std::int64_t> counts(pairs.count() * static_cast<std::size_t>(bins));
  if (positions.empty()) return counts;
  NearPairSearch search(box, positions, std::vector<int>(positions.size()), {range});
  const double per_length = bins / range;
  search.find([&](std::size_t i, std::size_t j, double r2) {
    const auto bin = static_cast<std::int64_t>(std::sqrt(r2) * per_length);
    if (bin < bins)
      ++counts[pairs(species[i], species[j]) * static_cast<std::size_t>(bins) +
               static_cast<std::size_t>(bin)];
    return false;  // it is counted, and need not be kept
  });
  return counts;
}

}  // namespace pssglass
