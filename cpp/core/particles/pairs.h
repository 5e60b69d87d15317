// The interacting pairs of one configuration, with their terms: what analysis works on.
#pragma once

#include "base/aligned_memory.h"
#include "particles/near_pairs.h"
#include "particles/pair_scales.h"
#include "particles/system.h"

namespace pssglass {

/// One interacting pair and what it contributes.
struct Pair : NearPair, PairTerms {};
static_assert(sizeof(Pair) == 64);  // one line of the cache

using Pairs = AlignedVector<Pair>;

/// Calls body(pair) for all pairs closer than their cutoff, sorted by (i, j), and keeps none of them: summing
/// a large system's terms as they come saves writing 64 bytes a pair. prepare(count) is called before the
/// first. Throws as validate(system, potential) does.
template <class Prepare, class Body>
void for_interacting_pairs(const System& system, const Potential& potential, Prepare&& prepare, Body&& body) {
  validate(system, potential);
  const PairScales scales(system, potential);
  const SizeClasses classes = size_classes(system, potential);
  NearPairSearch search(system.box, system.positions, classes.of, classes.reach);
  search.find([scales](std::size_t i, std::size_t j, double r2) { return r2 < scales(i, j).cutoff2; });
  prepare(search.count());
  potential.visit([&](const auto& form) {
    search.for_sorted([&](const NearPair& near) {
      const PairScale scale = scales(static_cast<std::size_t>(near.i), static_cast<std::size_t>(near.j));
      body(Pair{near, scaled(form.value(near.r2 * scale.inverse_length2), scale)});
    });
  });
}

/// All of them. Throws as validate(system, potential) does.
Pairs interacting_pairs(const System& system, const Potential& potential);

}  // namespace pssglass
