#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "base/random.h"
#include "models.h"
#include "structure/density_waves.h"
#include "structure/pair_counts.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

constexpr int kKinds = 3;
const Box kBox(7, 8, 9, 0.2, -0.1, 0.3);

Vectors scattered(std::size_t count) {
  Vectors positions(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto n = normals(5, kVelocities, 0, static_cast<std::uint32_t>(i));
    positions[i] = Vec3{n[0], n[1], n[2]} * 4;
  }
  return positions;
}

Species in_turn(std::size_t count) {
  Species species(count);
  for (std::size_t i = 0; i < count; ++i) species[i] = static_cast<int>(i % kKinds);
  return species;
}

std::size_t pair_of(int a, int b) {
  static const std::size_t numbers[kKinds][kKinds] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
  return numbers[a][b];
}

}  // namespace

TEST_CASE("pairs are counted by species and distance") {
  const std::size_t count = 300;
  const Vectors positions = scattered(count);
  const Species species = in_turn(count);
  const double range = 3;
  const int bins = 40;
  std::vector<std::int64_t> expected(6 * bins);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = i + 1; j < count; ++j) {
      const double r = norm(kBox.minimum_image(positions[j] - positions[i]));
      if (r < range) ++expected[pair_of(species[i], species[j]) * bins + std::size_t(r / range * bins)];
    }
  CHECK(pair_counts(kBox, positions, species, kKinds, range, bins) == expected);
  CHECK_THROWS_AS(pair_counts(kBox, positions, species, kKinds, 4, bins), InvalidArgument);
  CHECK_THROWS_AS(pair_counts(kBox, positions, species, kKinds, 0, bins), InvalidArgument);
  CHECK_THROWS_AS(pair_counts(kBox, positions, species, kKinds, range, 0), InvalidArgument);
  CHECK_THROWS_AS(pair_counts(kBox, positions, species, 2, range, bins), InvalidArgument);
  CHECK_THROWS_AS(pair_counts(kBox, positions, {}, kKinds, range, bins), InvalidArgument);
}

TEST_CASE("products of the density's components are those of the definition") {
  for (const std::size_t count : {1u, 128u, 700u}) {
    const Vectors positions = scattered(count);
    const Species species = in_turn(count);
    const std::vector<WaveNumbers> waves{{0, 0, 1}, {3, 0, 2}, {1, 7, 0}, {12, 30, 5}};
    const std::vector<double> products = density_products(kBox, positions, species, kKinds, waves);
    REQUIRE(products.size() == waves.size() * 4 * 6);
    std::size_t place = 0;
    for (const WaveNumbers& n : waves)
      for (const double y : {1.0, -1.0})
        for (const double z : {1.0, -1.0}) {
          std::complex<double> density[kKinds] = {};
          for (std::size_t i = 0; i < count; ++i) {
            const Vec3 s = kBox.fractional(positions[i]);
            density[species[i]] +=
                std::polar(1.0, 2 * std::numbers::pi * (n[0] * s.x + y * n[1] * s.y + z * n[2] * s.z));
          }
          for (int a = 0; a < kKinds; ++a)
            for (int b = a; b < kKinds; ++b) {
              const double expected = (density[a] * std::conj(density[b])).real();
              CHECK(std::abs(products[place++] - expected) < 1e-11 * double(count));
            }
        }
  }
  CHECK_THROWS_AS(density_products(kBox, scattered(3), in_turn(3), kKinds, {{0, -1, 0}}), InvalidArgument);
  CHECK_THROWS_AS(density_products(kBox, scattered(3), in_turn(3), kKinds, {{0, 20'000, 0}}),
                  InvalidArgument);
  CHECK_THROWS_AS(density_products(kBox, scattered(3), in_turn(3), 1, {{0, 1, 0}}), InvalidArgument);
}
