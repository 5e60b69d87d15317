#include "dynamics/displacements.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/error.h"
#include "base/parallel.h"
#include "simd/dispatch.h"

namespace pssglass {
namespace {

using Block = std::array<double, kBlock + kMaxLanes>;

Vec3 mean_displacement(std::span<const Vec3> before, std::span<const Vec3> after) {
  Vec3 sum = ordered_sum<Vec3>(before.size(), 1, [&](std::size_t begin, std::size_t end) {
    Vec3 part{};
    for (std::size_t i = begin; i < end; ++i) {
      part += after[i];
      part -= before[i];
    }
    return part;
  });
  return sum *= 1.0 / static_cast<double>(before.size());
}

void require(bool ok, const std::string& message) {
  if (!ok) throw InvalidArgument(message);
}

void check(std::size_t before, std::size_t after, const Species& species, int kinds,
           const DisplacementScales& scales) {
  require(before == after && before == species.size(),
          "positions of " + std::to_string(before) + " and " + std::to_string(after) + " particles and " +
              std::to_string(species.size()) + " species: give as many of each");
  require(std::all_of(species.begin(), species.end(), [&](int s) { return s >= 0 && s < kinds; }),
          "species must be from 0 to " + std::to_string(kinds - 1));
  require(scales.wave_number > 0 && std::isfinite(scales.wave_number),
          "wave number must be positive and finite, got " + std::to_string(scales.wave_number));
  require(scales.overlap_distance > 0 && std::isfinite(scales.overlap_distance),
          "overlap distance must be positive and finite, got " + std::to_string(scales.overlap_distance));
}

}  // namespace

std::vector<DisplacementSums> displacement_sums(std::span<const Vec3> before, std::span<const Vec3> after,
                                                const Species& species, int kinds,
                                                const DisplacementScales& scales) {
  check(before.size(), after.size(), species, kinds, scales);
  std::vector<DisplacementSums> sums(static_cast<std::size_t>(kinds));
  const Vec3 mean = mean_displacement(before, after);
  const double nearest2 = scales.overlap_distance * scales.overlap_distance;
  const Kernels& simd = kernels(default_simd());
  Block squares{}, waves{};
  for (std::size_t begin = 0; begin < before.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, before.size() - begin);
    for (std::size_t j = 0; j < count; ++j) {
      const Vec3 &a = before[begin + j], &b = after[begin + j];
      const double x = b.x - a.x - mean.x, y = b.y - a.y - mean.y, z = b.z - a.z - mean.z;
      squares[j] = x * x + y * y + z * z;
    }
    simd.sine_over(squares.data(), scales.wave_number, static_cast<std::int64_t>(count), waves.data());
    std::vector<DisplacementSums> part(sums.size());
    for (std::size_t j = 0; j < count; ++j) {
      DisplacementSums& own = part[static_cast<std::size_t>(species[begin + j])];
      own.squared += squares[j];
      own.quartic += squares[j] * squares[j];
      own.overlap += squares[j] < nearest2 ? 1 : 0;
      own.scattering += waves[j];
    }
    for (std::size_t s = 0; s < sums.size(); ++s) {
      sums[s].squared += part[s].squared;
      sums[s].quartic += part[s].quartic;
      sums[s].overlap += part[s].overlap;
      sums[s].scattering += part[s].scattering;
    }
  }
  return sums;
}

}  // namespace pssglass
