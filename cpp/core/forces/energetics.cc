#include "forces/energetics.h"

#include "forces/forces.h"

namespace pssglass {

Energetics energetics(const System& system, const Pairs& pairs) {
  const ForceField field = evaluate(system, pairs);
  Energetics out;
  out.energy = field.energy;
  out.max_force = max_norm(field.forces);
  out.coordination = 2.0 * static_cast<double>(pairs.size()) / static_cast<double>(system.size());
  for (const Pair& pair : pairs) {
    const double virial = -pair.slope * pair.r2;
    (virial > 0 ? out.pressure_repulsive : out.pressure_attractive) += std::abs(virial);
  }
  const double scale = 1 / (3 * system.box.volume());
  out.pressure_repulsive *= scale;
  out.pressure_attractive *= scale;
  out.pressure = out.pressure_repulsive - out.pressure_attractive;
  return out;
}

}  // namespace pssglass
