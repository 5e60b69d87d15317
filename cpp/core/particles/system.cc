#include "particles/system.h"

#include <algorithm>
#include <string>

#include "particles/pair_scales.h"
#include "particles/valid_positions.h"

namespace pssglass {
namespace {

void validate_diameters(const std::vector<double>& diameters, std::size_t particles,
                        const Potential& potential) {
  if (!potential.mixing()) {
    if (diameters.empty()) return;
    throw InvalidArgument("got " + std::to_string(diameters.size()) +
                          " diameters, but lengths of this potential follow from species: leave them out");
  }
  if (diameters.size() != particles)
    throw InvalidArgument("got " + std::to_string(diameters.size()) + " diameters for " +
                          std::to_string(particles) + " particles: give one for each");
  for (std::size_t i = 0; i < particles; ++i)
    if (!(diameters[i] > 0 && std::isfinite(diameters[i])))
      throw InvalidArgument("diameter " + std::to_string(diameters[i]) + " of particle " + std::to_string(i) +
                            " must be positive and finite");
  const auto [low, high] = std::minmax_element(diameters.begin(), diameters.end());
  if (!(potential.mixing()->length(*low, *high) > 0))
    throw InvalidArgument("a pair of diameters " + std::to_string(*low) + " and " + std::to_string(*high) +
                          " has length " + std::to_string(potential.mixing()->length(*low, *high)) +
                          ": use a nonadditivity below 1/(their difference)");
}

}  // namespace

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
  validate_diameters(system.diameters, n, potential);
  require_valid_positions(system.box, system.positions);
  system.box.require_cutoff(longest_cutoff(system, potential));
}

}  // namespace pssglass
