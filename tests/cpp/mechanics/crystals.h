// Perfect crystals that are minima of sticky spheres: their modes come in multiplets of up to 48.
#pragma once

#include <cmath>

#include "models.h"

namespace pssglass::test {

/// `cells`³ cubic cells of edge `edge`, with particles at these fractions of it.
inline System crystal(int cells, double edge, const std::vector<Vec3>& basis,
                      const std::vector<int>& species) {
  System system{Box::cubic(cells * edge), {}, {}};
  for (int cell = 0; cell < cells * cells * cells; ++cell)
    for (std::size_t k = 0; k < basis.size(); ++k) {
      const Vec3 corner{double(cell % cells), double(cell / cells % cells), double(cell / (cells * cells))};
      Image image;
      system.positions.push_back(system.box.wrap((corner + basis[k]) * edge, image));
      system.species.push_back(species[k]);
    }
  return system;
}

/// Neighbours at the minimum of the pair potential.
inline System face_centred(int cells) {
  const std::vector<Vec3> basis{{0.1, 0.1, 0.1}, {0.6, 0.6, 0.1}, {0.6, 0.1, 0.6}, {0.1, 0.6, 0.6}};
  return crystal(cells, std::sqrt(2.0) * std::pow(2.0, 1.0 / 6), basis, {0, 0, 0, 0});
}
inline System caesium_chloride(int cells) {
  const double edge = 2 / std::sqrt(3.0) * 1.18 * std::pow(2.0, 1.0 / 6);
  return crystal(cells, edge, {{0.1, 0.1, 0.1}, {0.6, 0.6, 0.6}}, {0, 1});
}

}  // namespace pssglass::test
