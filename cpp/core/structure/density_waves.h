// Fourier components of the density: what the structure factor is made of.
#pragma once

#include <array>
#include <cstdint>

#include "particles/system.h"

namespace pssglass {

/// Whole numbers n of a wave vector along the reciprocal edges of a box, none below zero: its phase at a
/// particle with fractional coordinates s is 2π n·s.
using WaveNumbers = std::array<std::int32_t, 3>;

/// Re ρ_a(k) ρ_b(−k) with ρ_a(k) = Σ exp(i k·r) over particles of species a, for each pair of `kinds` species
/// in the order of pair_counts, for the four wave vectors (n1, ±n2, ±n3), second sign fastest: values
/// [wave][sign][pair]. Sums are over blocks of fixed size. Throws InvalidArgument where arrays do not match,
/// positions are not finite, a species does not exist, or numbers are below 0 or above 10⁴.
std::vector<double> density_products(const Box& box, const Vectors& positions, const Species& species,
                                     int kinds, const std::vector<WaveNumbers>& waves);

}  // namespace pssglass
