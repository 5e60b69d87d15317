#include "particles/system.h"

#include <string>

#include "particles/placed.h"

namespace pssglass {

void validate(const System& system, const Potential& potential) {
  const std::size_t n = system.size();
  if (n < 2 || system.species.size() != n)
    throw InvalidArgument("got " + std::to_string(n) + " positions and " +
                          std::to_string(system.species.size()) +
                          " species: give one species for each of at least two particles");
  for (std::size_t i = 0; i < n; ++i) {
    const int s = system.species[i];
    if (s < 0 || s >= potential.species())
      throw InvalidArgument("particle " + std::to_string(i) + " has species " + std::to_string(s) +
                            " but the potential knows 0 to " + std::to_string(potential.species() - 1));
  }
  require_placed(system.box, system.positions);
  system.box.require_cutoff(potential.max_cutoff());
}

}  // namespace pssglass
