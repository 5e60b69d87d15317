// What a pair of particles is scaled by: the one place that knows whether it follows from their species or
// from their diameters.
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
        stride_(static_cast<std::size_t>(potential.species())),
        q_cut_(potential.q_cut()) {
    if (!potential.mixing()) return;
    diameters_ = system.diameters.data();
    mixing_ = *potential.mixing();
  }

  /// Energy, length and cutoff of particles i and j.
  PairScale operator()(std::size_t i, std::size_t j) const {
    if (diameters_ != nullptr)
      return scale_of(scales_->energy, mixing_.length(diameters_[i], diameters_[j]), q_cut_);
    return scales_[static_cast<std::size_t>(species_[i]) * stride_ + static_cast<std::size_t>(species_[j])];
  }

 private:
  const int* species_;
  const PairScale* scales_;
  std::size_t stride_;
  double q_cut_;
  const double* diameters_ = nullptr;
  Mixing mixing_{0};
};

/// Particles of one species, or of similar diameters: neighbours of a class are sought no farther than its
/// pairs reach.
struct SizeClasses {
  int count;
  std::vector<int> of;  ///< class of each particle
  /// Longest cutoff of pairs of two classes, row by row; and the cutoff of typical members.
  std::vector<double> reach, typical_reach;
};

/// Species, or up to kMaxSpecies ranges of diameters: each of as many diameters where there are no more, else
/// quarters of the particles. They are those of the set of diameters, whoever has which. For a valid system.
SizeClasses size_classes(const System& system, const Potential& potential);

/// No pair interacts farther away.
double longest_cutoff(const System& system, const Potential& potential);

/// The shortest pair length.
double shortest_length(const System& system, const Potential& potential);

}  // namespace pssglass
