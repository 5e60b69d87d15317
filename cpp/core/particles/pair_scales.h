// What a pair of particles is scaled by: the one place that knows that it follows from their species.
#pragma once

#include <cmath>
#include <vector>

#include "particles/system.h"

namespace pssglass {

/// Refers to a system and a potential, and costs little to copy.
class PairScales {
 public:
  PairScales(const System& system, const Potential& potential)
      : species_(system.species.data()),
        scales_(potential.scales().data()),
        stride_(static_cast<std::size_t>(potential.species())) {}

  /// Energy, length and cutoff of particles i and j.
  const PairScale& operator()(std::size_t i, std::size_t j) const {
    return scales_[static_cast<std::size_t>(species_[i]) * stride_ + static_cast<std::size_t>(species_[j])];
  }
  /// How far pairs of two classes of particles are looked for, row by row; the classes are the species.
  std::vector<double> reach() const {
    std::vector<double> out;
    for (std::size_t k = 0; k < stride_ * stride_; ++k) out.push_back(std::sqrt(scales_[k].cutoff2));
    return out;
  }

 private:
  const int* species_;
  const PairScale* scales_;
  std::size_t stride_;
};

}  // namespace pssglass
