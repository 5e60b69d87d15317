#include "simd/pair_table.h"

#include <cstring>
#include <limits>
#include <string>

namespace pssglass {
namespace {

/// Of fractions that stand for no particle: an entry of its own in the rows by species; and a diameter that
/// is no number, so that no pair is inside the cutoff.
constexpr std::int32_t kNoSpecies = 1, kNoDiameter = 0x7fc00000;

}  // namespace

double species_tag(int species) {
  const std::uint64_t low = static_cast<std::uint64_t>(2 * species);
  const std::uint64_t bits = (0x43300000u | (low + 1)) << 32 | low;
  double tag;
  std::memcpy(&tag, &bits, sizeof tag);
  return tag;
}

PairTable pair_table(const Potential& potential, double length) {
  if (potential.species() > kMaxSpecies)
    throw InvalidArgument("potential has " + std::to_string(potential.species()) +
                          " species but the engine handles at most " + std::to_string(kMaxSpecies));
  PairTable table{};
  table.simple = true;
  table.by_diameter = potential.mixing().has_value();
  table.nonadditivity = table.by_diameter ? potential.mixing()->nonadditivity : 0;
  table.no_particle = table.by_diameter ? kNoDiameter : kNoSpecies;
  for (int a = 0; a < potential.species(); ++a) {
    for (int b = 0; b < potential.species(); ++b) {
      const PairScale& scale = potential.scale(a, b);
      table.inverse_length2[a][b] = scale.inverse_length2;
      table.energy[a][b] = scale.energy;
      table.fraction_energy[a][2 * b] = static_cast<float>(scale.energy);
      table.simple = table.simple && scale.energy == potential.scale(0, 0).energy;
    }
  }
  set_edge(table, length);
  potential.visit([&](const auto& form) { set_form(table, form); });
  return table;
}

void set_edge(PairTable& table, double length) {
  const double unit2 = length * length * 0x1p-64;
  table.fraction_unit2 = unit2;
  for (int a = 0; a < kMaxSpecies; ++a) {
    table.fraction_scale[a][kNoSpecies] = std::numeric_limits<float>::infinity();
    for (int b = 0; b < kMaxSpecies; ++b)
      table.fraction_scale[a][2 * b] = static_cast<float>(table.inverse_length2[a][b] * unit2);
  }
}

}  // namespace pssglass
