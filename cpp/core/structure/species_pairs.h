// The pairs of species, in a fixed order.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/vectors.h"

namespace pssglass {

/// Numbers the pairs 0-0, 0-1, …, 1-1, … of species, in which order does not matter.
class SpeciesPairs {
 public:
  /// Throws InvalidArgument unless each of `particles` has one of `kinds` species.
  SpeciesPairs(const Species& species, std::size_t particles, int kinds) : kinds_(kinds) {
    if (species.size() != particles)
      throw InvalidArgument("positions of " + std::to_string(particles) + " particles and " +
                            std::to_string(species.size()) + " species: give as many of each");
    if (kinds < 1 || !std::all_of(species.begin(), species.end(), [&](int s) { return s >= 0 && s < kinds; }))
      throw InvalidArgument("species must be from 0 to " + std::to_string(kinds - 1));
  }
  std::size_t count() const { return static_cast<std::size_t>(kinds_ * (kinds_ + 1) / 2); }
  std::size_t operator()(int a, int b) const {
    if (a > b) std::swap(a, b);
    return static_cast<std::size_t>(a * kinds_ - a * (a - 1) / 2 + b - a);
  }

 private:
  int kinds_;
};

}  // namespace pssglass
