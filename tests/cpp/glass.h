// Small glasses for the tests of everything that starts from an inherent state.
#pragma once

#include "forces/forces.h"
#include "minimise/quench.h"
#include "models.h"

namespace pssglass::test {

/// Inherent state of a strongly jittered lattice of per_side³ particles, forces balanced to round-off.
inline System glass(double rc, int per_side = 5, std::uint64_t seed = 1) {
  System system = jittered_lattice(per_side, 0.25, seed);
  system.positions = minimize(system, sticky(rc), {QuenchMethod::fast, 1e-9}).positions;
  return system;
}

/// The same system under simple shear x ← x + γy or dilation by e^η, positions following affinely.
inline System sheared(const System& system, double gamma) {
  System out{system.box.sheared(gamma), system.positions, system.species};
  for (Vec3& r : out.positions) r.x += gamma * r.y;
  return out;
}
inline System dilated(const System& system, double eta) {
  System out{system.box.dilated(eta), system.positions, system.species};
  for (Vec3& r : out.positions) r *= std::exp(eta);
  return out;
}

}  // namespace pssglass::test
