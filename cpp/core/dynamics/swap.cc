#include "dynamics/swap.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "base/random.h"
#include "particles/packed_system.h"
#include "particles/pair_scales.h"
#include "simd/pair_table.h"

namespace pssglass {
namespace {

/// Draws in search of a pair that differs; where so many fail, the rest of the block is left out.
constexpr int kMostDraws = 10000;
/// Energies are summed by as many entries.
constexpr std::size_t kTogether = 8;
constexpr double kFarAway2 = 1e12;

std::size_t below(std::uint32_t bits, std::size_t n) {
  return static_cast<std::size_t>(std::uint64_t{bits} * n >> 32);
}

Diameters extent(const std::vector<double>& diameters) {
  if (diameters.empty()) return {0, 0};
  const auto [low, high] = std::minmax_element(diameters.begin(), diameters.end());
  return {*low, *high};
}

void check(const SwapSettings& settings, double temperature) {
  const auto require = [](bool ok, const std::string& message) {
    if (!ok) throw InvalidArgument(message);
  };
  require(settings.every >= 1, "swap every must be at least 1 step, got " + std::to_string(settings.every));
  require(settings.attempts >= 0 && settings.attempts < (std::int64_t{1} << 31),
          "swap attempts of a block must be from 0 to 2^31, got " + std::to_string(settings.attempts));
  require(settings.largest_difference > 0,
          "swap largest_difference must be positive, got " + std::to_string(settings.largest_difference));
  require(temperature > 0 && std::isfinite(temperature),
          "swap needs a positive temperature, got " + std::to_string(temperature));
}

void exchange(System& system, std::size_t i, std::size_t j) {
  if (system.diameters.empty())
    std::swap(system.species[i], system.species[j]);
  else
    std::swap(system.diameters[i], system.diameters[j]);
}

}  // namespace

SwapMoves::SwapMoves(const System& system, const Potential& potential, Simd simd,
                     const SwapSettings& settings, double temperature)
    : potential_(potential),
      settings_(settings),
      temperature_(temperature),
      kernels_(&kernels(simd).pairs[potential.form()][potential.mixing() ? 1 : 0]),
      table_(pair_table(potential, system.box.lx())),
      extent_(extent(system.diameters)),
      rows_(longest_cutoff(system, potential), simd) {
  check(settings, temperature);
  const bool one_species = std::all_of(system.species.begin(), system.species.end(),
                                       [&](int s) { return s == system.species[0]; });
  if (system.diameters.empty() ? one_species : extent_.low == extent_.high)
    throw InvalidArgument("all particles are alike: swap needs two species or diameters");
}

bool SwapMoves::are_alike(const System& system, std::size_t i, std::size_t j) const {
  if (system.diameters.empty()) return system.species[i] == system.species[j];
  return system.diameters[i] == system.diameters[j] ||
         difference(system, i, j) > settings_.largest_difference;
}

double SwapMoves::difference(const System& system, std::size_t i, std::size_t j) const {
  return system.diameters.empty() ? 0 : std::abs(system.diameters[i] - system.diameters[j]);
}

/// Beyond it neither of the two has a neighbour, whoever has which size.
double SwapMoves::reach2(const System& system, std::size_t i, std::size_t j) const {
  if (const auto& mixing = potential_.mixing())
    return scale_of(1, mixing->reach(std::max(system.diameters[i], system.diameters[j]), extent_),
                    potential_.q_cut())
        .cutoff2;
  double longest2 = 0;
  for (int s = 0; s < potential_.species(); ++s)
    longest2 = std::max({longest2, potential_.scale(system.species[i], s).cutoff2,
                         potential_.scale(system.species[j], s).cutoff2});
  return longest2;
}

std::int64_t SwapMoves::gather(std::size_t i, std::size_t j, double reach2, std::size_t which) {
  double *near2 = near2_[which].data(), *tags = near_tags_[which].data();
  double& partner = rows_.tag(rows_.place(j));
  const double own = std::exchange(partner, std::numeric_limits<double>::quiet_NaN());
  const std::int64_t count = rows_.gather(rows_.place(i), reach2, near2, tags);
  partner = own;
  std::fill_n(near2 + count, kTogether, kFarAway2);
  std::fill_n(tags + count, kTogether, own);
  return count;
}

double SwapMoves::change(const System& system, std::size_t i, std::size_t j) {
  const double reach = reach2(system, i, j);
  return kernels_->swap_energy(
      {{near2_[0].data(), near2_[1].data()},
       {near_tags_[0].data(), near_tags_[1].data()},
       {gather(i, j, reach, 0), gather(j, i, reach, 1)},
       {{rows_.tag(rows_.place(i)), system.species[i]}, {rows_.tag(rows_.place(j)), system.species[j]}}},
      table_);
}

double SwapMoves::run(System& system, std::uint64_t seed, std::uint64_t step, SwapRecord& record) {
  const auto start = std::chrono::steady_clock::now();
  rows_.find(system.box, system.positions);
  for (std::size_t which = 0; which < 2; ++which) {
    near2_[which].resize(rows_.room() + kTogether);
    near_tags_[which].resize(rows_.room() + kTogether);
  }
  for (std::size_t i = 0; i < system.size(); ++i) rows_.tag(rows_.place(i)) = tag_of(system, i);
  const double span = std::min(settings_.largest_difference, extent_.high - extent_.low);
  record.largest_difference = span;
  double total = 0;
  std::uint32_t draw = 0;
  for (std::int64_t attempt = 0; attempt < settings_.attempts; ++attempt) {
    std::size_t i = 0, j = 0;
    double chance = 0;
    for (int tried = 0; tried < kMostDraws && are_alike(system, i, j); ++tried) {
      const auto bits = random_bits(seed, Stream::swap, step, draw++);
      i = below(bits[0], system.size()), j = below(bits[1], system.size());
      chance = unit_interval(bits[2]);
    }
    if (are_alike(system, i, j)) break;
    const double more = change(system, i, j);
    const double part = span > 0 ? SwapRecord::kParts * difference(system, i, j) / span : 0;
    const auto which = std::min(static_cast<std::size_t>(part), SwapRecord::kParts - 1);
    ++record.attempts[which];
    if (!(more <= 0 || chance < std::exp(-more / temperature_))) continue;
    ++record.accepted[which];
    exchange(system, i, j);
    std::swap(rows_.tag(rows_.place(i)), rows_.tag(rows_.place(j)));
    total += more;
  }
  record.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return total;
}

}  // namespace pssglass
