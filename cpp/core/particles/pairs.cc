#include "particles/pairs.h"

#include "particles/pair_scales.h"

namespace pssglass {

Pairs interacting_pairs(const System& system, const Potential& potential) {
  validate(system, potential);
  const PairScales scales(system, potential);
  Pairs pairs;
  potential.visit([&](const auto& form) {
    const SizeClasses classes = size_classes(system, potential);
    NearPairSearch search(system.box, system.positions, classes.of, classes.reach);
    search.find([scales](std::size_t i, std::size_t j, double r2) { return r2 < scales(i, j).cutoff2; });
    pairs.reserve(search.count());
    search.for_sorted([&](const NearPair& near) {
      const PairScale scale = scales(static_cast<std::size_t>(near.i), static_cast<std::size_t>(near.j));
      pairs.push_back({near, scaled(form.value(near.r2 * scale.inverse_length2), scale)});
    });
  });
  return pairs;
}

}  // namespace pssglass
