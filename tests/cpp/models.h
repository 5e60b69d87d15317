// The glass formers that the tests use, with the coefficients of an independent high-precision solution of
// the continuity conditions, and small configurations of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "particles/system.h"
#include "sanitizer.h"

namespace pssglass::test {

inline constexpr double kStickyCutoffs[] = {1.1, 1.2, 1.3, 1.5};
/// Those that a test tries where each takes long: a sanitizer meets no other code between the first and the
/// last.
inline const std::vector<double> kTriedCutoffs =
    size_of_test<std::vector<double>>({1.1, 1.2, 1.3, 1.5}, {1.1, 1.5});

/// Streams of random numbers that only tests draw from.
inline constexpr Stream kPlacement{1}, kVelocities{3};

/// The form of piecewise sticky spheres for one of kStickyCutoffs.
inline TaperedLJ sticky_form(double rc) {
  const TaperedLJ::Piece lj{4, 4, 0, 0, 0, 0};
  const TaperedLJ::Piece outer =
      rc == 1.1   ? TaperedLJ::Piece{-2065.3987155595395, -6775.7903878296526, -25758.833604840519,
                                   35758.321007172772,  -17961.463421784136, 3172.8363373045162}
      : rc == 1.2 ? TaperedLJ::Piece{-106.99161352665233, -304.91846905956694, -939.38803799421098,
                                     1190.7096225600227,  -541.30013158755142, 85.868493691471312}
      : rc == 1.3 ? TaperedLJ::Piece{-17.755651387865497, -50.373322899080629, -138.58271673010661,
                                     161.71576064627642,  -66.725283209876423, 9.5028309748809738}
                  : TaperedLJ::Piece{1.158244028692884,  -2.261948244476934,  -12.414700446492478,
                                     12.584354590303437, -4.3205080060503178, 0.49862551162880989};
  const double q_join = std::cbrt(2.0);
  return {lj, outer, q_join, q_join * rc * rc};
}

inline Potential sticky(double rc) { return Potential({1, 1, 1, 1}, {1, 1.18, 1.18, 1.4}, sticky_form(rc)); }

/// The same of particles with diameters.
inline Potential sticky_by_diameter(double rc, double nonadditivity) {
  return Potential::by_diameter(1, Mixing{nonadditivity}, sticky_form(rc));
}

/// The mixture of diameters 1 and 1.4, by species and by diameters.
inline std::pair<Potential, Potential> sticky_both_ways(double rc) {
  const Mixing mixing{1.0 / 24};
  const double cross = mixing.length(1, 1.4);
  return {Potential({1, 1, 1, 1}, {1, cross, cross, 1.4}, sticky_form(rc)),
          Potential::by_diameter(1, mixing, sticky_form(rc))};
}

/// Contacts that reach about as far as sticky spheres do, so that the lattices below have some.
inline Potential contacts(double alpha, const std::vector<double>& energies = {1, 1, 1, 1}) {
  return Potential(energies, {1.5, 1.7, 1.7, 1.9}, Hertzian{1.2, alpha});
}

/// x⁻¹⁰ smoothed to third order at 1.4, with the coefficients of public codes.
inline auto inverse_power_form() {
  return InversePowers<1>::from(
      {{{10}, {1}, {-1.936010329882035, 2.469400930971984, -1.079912943573754, 0.1607013308889514}, {1.4}}});
}

/// The same in lengths that make the lattices below touch.
inline Potential inverse_power(const std::vector<double>& energies = {1, 1, 1, 1}) {
  return Potential(energies, {1, 1.18, 1.18, 1.4}, inverse_power_form());
}

/// Sticky spheres of r_c = 1.2 as inverse powers with a joint.
inline auto joined_form() {
  const double x_join = std::pow(2.0, 1.0 / 6);
  return InversePowers<2>::from(
      {{{6, 12},
        {304.91846905956694, -106.99161352665233},
        {-939.38803799421098, 1190.7096225600227, -541.30013158755142, 85.868493691471312},
        {1.2 * x_join},
        {-4, 4},
        {x_join}}});
}

inline Potential joined_powers(const std::vector<double>& energies = {1, 1, 1, 1}) {
  return Potential(energies, {1, 1.18, 1.18, 1.4}, joined_form());
}

/// A form's values and derivatives at equidistant q, from x = 0.7 on.
template <class Form>
Stored<Table> tabulated(const Form& form, int cells) {
  const double q_first = 0.49;
  std::vector<double> nodes;
  for (int k = 0; k <= cells; ++k) {
    const Derivatives d = form.value(q_first + (form.q_cut - q_first) * k / cells);
    nodes.insert(nodes.end(), {d.f, d.f1, d.f2});
  }
  return Table::from({{{q_first}, {form.q_cut}, nodes}});
}

/// Sticky spheres of r_c = 1.5 as a table.
inline auto table_form(int cells = 500) { return tabulated(sticky_form(1.5), cells); }

inline Potential table(int cells = 500, const std::vector<double>& energies = {1, 1, 1, 1}) {
  return Potential(energies, {1, 1.18, 1.18, 1.4}, table_form(cells));
}

/// 50:50 mixture at ρ = 0.6 on a jittered cubic lattice: forces are finite but far from balanced.
inline System jittered_lattice(int per_side, double jitter, std::uint64_t seed) {
  const int n = per_side * per_side * per_side;
  const double spacing = std::cbrt(1 / 0.6);
  System system{Box::cubic(per_side * spacing), {}, {}};
  for (int i = 0; i < n; ++i) {
    const Vec3 site{double(i % per_side), double(i / per_side % per_side), double(i / (per_side * per_side))};
    const auto g = normals(seed, kPlacement, 0, static_cast<std::uint32_t>(i));
    Image image;
    system.positions.push_back(system.box.wrap(site * spacing + Vec3{g[0], g[1], g[2]} * jitter, image));
    system.species.push_back((i % per_side + i / per_side % per_side + i / (per_side * per_side)) % 2);
  }
  return system;
}

/// One species, with diameters in no order, most of them small: 1/λ² is uniform.
inline System polydisperse(System system, double smallest, double largest) {
  const auto n = static_cast<double>(system.size());
  const double low = 1 / (largest * largest), high = 1 / (smallest * smallest);
  for (std::size_t i = 0; i < system.size(); ++i) {
    const double part = std::fmod(0.6180339887 * static_cast<double>(i), 1.0) * (n - 1) / n;
    system.diameters.push_back(1 / std::sqrt(low + part * (high - low)));
  }
  std::fill(system.species.begin(), system.species.end(), 0);
  return system;
}

/// Species 0 and 1 as diameters 1 and 1.4.
inline System as_diameters(System system) {
  for (int& species : system.species) {
    system.diameters.push_back(species == 0 ? 1 : 1.4);
    species = 0;
  }
  return system;
}

}  // namespace pssglass::test
