#include "particles/system.h"

#include <string>

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
    if (!std::isfinite(dot(system.positions[i], system.positions[i])))
      throw InvalidArgument("position of particle " + std::to_string(i) + " is not finite");
  }
  system.box.require_cutoff(potential.max_cutoff());
}

}  // namespace pssglass
