// Counter-based random numbers: a function of (seed, stream, step, particle), whatever the order of calls.
// Philox4x32-10, Salmon et al., SC11, doi:10.1145/2063384.2063405.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace pssglass {

/// Every use of randomness has its own stream. Numbers stay what they are: trajectories depend on them.
enum class Stream : std::uint32_t { langevin = 4, rescaling = 5, modes = 6, barostat = 8, swap = 9 };

inline std::array<std::uint32_t, 4> philox(std::uint64_t seed, std::array<std::uint32_t, 4> counter) {
  auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ULL * counter[0], p1 = 0xCD9E8D57ULL * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9U, k1 += 0xBB67AE85U;
  }
  return counter;
}

/// 128 random bits of one (stream, step, particle).
inline std::array<std::uint32_t, 4> random_bits(std::uint64_t seed, Stream stream, std::uint64_t step,
                                                std::uint32_t particle) {
  return philox(seed, {particle, static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32),
                       static_cast<std::uint32_t>(stream)});
}

/// Uniform in (0, 1).
inline double unit_interval(std::uint32_t bits) { return (bits + 0.5) * 0x1p-32; }

/// Four independent standard normals of one (stream, step, particle), by Box–Muller.
inline std::array<double, 4> normals(std::uint64_t seed, Stream stream, std::uint64_t step,
                                     std::uint32_t particle) {
  const auto bits = random_bits(seed, stream, step, particle);
  std::array<double, 4> out;
  for (std::size_t k = 0; k < 2; ++k) {
    const double radius = std::sqrt(-2 * std::log(unit_interval(bits[2 * k])));
    const double angle = 2 * std::numbers::pi * unit_interval(bits[2 * k + 1]);
    out[2 * k] = radius * std::cos(angle);
    out[2 * k + 1] = radius * std::sin(angle);
  }
  return out;
}

}  // namespace pssglass
