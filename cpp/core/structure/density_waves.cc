#include "structure/density_waves.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "base/error.h"
#include "particles/valid_positions.h"
#include "simd/dispatch.h"
#include "structure/species_pairs.h"

namespace pssglass {
namespace {

/// Of particles whose phases are in the cache together.
constexpr std::size_t kTogether = 128;
static_assert(kTogether % kMaxLanes == 0);
constexpr int kSums = 8, kSigns = 4;
constexpr std::int32_t kLargest = 10'000;

/// The largest number along each axis.
WaveNumbers largest_of(const std::vector<WaveNumbers>& waves) {
  WaveNumbers largest{};
  for (const WaveNumbers& wave : waves)
    for (std::size_t axis = 0; axis < 3; ++axis) {
      if (wave[axis] < 0 || wave[axis] > kLargest)
        throw InvalidArgument("numbers of a wave vector must be from 0 to " + std::to_string(kLargest) +
                              ", got " + std::to_string(wave[axis]));
      largest[axis] = std::max(largest[axis], wave[axis]);
    }
  return largest;
}

/// Cosines and sines of whole multiples of some particles' phases along one axis.
class Phases {
 public:
  explicit Phases(std::int32_t largest) : table_(2 * kTogether * static_cast<std::size_t>(largest + 1)) {}
  const double* data() const { return table_.data(); }

  /// Of the particle at a place, by repeated turns, each of which rounds by some 10⁻¹⁶.
  void set(std::size_t place, double phase) {
    const double c = std::cos(phase), s = std::sin(phase);
    double x = 1, y = 0;
    for (std::size_t row = 0; row < table_.size(); row += 2 * kTogether) {
      table_[place + row] = x, table_[place + row + kTogether] = y;
      const double turned = x * c - y * s;
      y = x * s + y * c, x = turned;
    }
  }
  /// No particle is there: it adds nothing.
  void clear(std::size_t place) {
    for (std::size_t row = 0; row < table_.size(); row += kTogether) table_[place + row] = 0;
  }

 private:
  std::vector<double> table_;
};

/// ρ(k) for the signs of the second and the third number, from sums over products of cosines and sines.
std::complex<double> component(const double* sums, int y, int z) {
  const double ccc = sums[0], ccs = sums[1], csc = sums[2], css = sums[3], scc = sums[4], scs = sums[5],
               ssc = sums[6], sss = sums[7];
  return {ccc - y * z * css - z * scs - y * ssc, z * ccs + y * csc + scc - y * z * sss};
}

/// Sums of all waves over the particles of one species.
std::vector<double> sums_over(const Box& box, const Vectors& positions,
                              const std::vector<std::size_t>& members, const std::vector<WaveNumbers>& waves,
                              const WaveNumbers& largest) {
  std::vector<double> sums(kSums * waves.size());
  if (waves.empty()) return sums;
  Phases phases[3] = {Phases(largest[0]), Phases(largest[1]), Phases(largest[2])};
  const WaveTask task{{phases[0].data(), phases[1].data(), phases[2].data()},
                      static_cast<std::int64_t>(kTogether),
                      waves.front().data(),
                      static_cast<std::int64_t>(waves.size()),
                      sums.data()};
  const Kernels& simd = kernels(default_simd());
  for (std::size_t begin = 0; begin < members.size(); begin += kTogether) {
    for (std::size_t place = 0; place < kTogether; ++place) {
      if (begin + place >= members.size()) {
        for (Phases& axis : phases) axis.clear(place);
        continue;
      }
      const Vec3 s = box.fractional(positions[members[begin + place]]);
      const double turns[3] = {s.x, s.y, s.z};
      for (std::size_t axis = 0; axis < 3; ++axis)
        phases[axis].set(place, 2 * std::numbers::pi * (turns[axis] - std::floor(turns[axis])));
    }
    simd.add_waves(task);
  }
  return sums;
}

}  // namespace

std::vector<double> density_products(const Box& box, const Vectors& positions, const Species& species,
                                     int kinds, const std::vector<WaveNumbers>& waves) {
  const SpeciesPairs pairs(species, positions.size(), kinds);
  require_valid_positions(box, positions);
  const WaveNumbers largest = largest_of(waves);
  std::vector<std::vector<std::size_t>> members(static_cast<std::size_t>(kinds));
  for (std::size_t i = 0; i < species.size(); ++i) members[static_cast<std::size_t>(species[i])].push_back(i);
  std::vector<std::vector<double>> sums;
  for (const auto& own : members) sums.push_back(sums_over(box, positions, own, waves, largest));
  std::vector<double> products;
  products.reserve(kSigns * pairs.count() * waves.size());
  for (std::size_t wave = 0; wave < waves.size(); ++wave)
    for (const int y : {1, -1})
      for (const int z : {1, -1})
        for (std::size_t a = 0; a < sums.size(); ++a)
          for (std::size_t b = a; b < sums.size(); ++b)
            products.push_back((component(sums[a].data() + kSums * wave, y, z) *
                                std::conj(component(sums[b].data() + kSums * wave, y, z)))
                                   .real());
  return products;
}

}  // namespace pssglass
