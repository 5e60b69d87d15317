#include "particles/pair_scales.h"

#include <algorithm>

#include "simd/kernels.h"

namespace pssglass {
namespace {

/// Diameters of a class, and the middle one of its particles.
struct SizeRange : Diameters {
  double median;
};

/// Ranges of equal diameters or, where there are more than kMaxSpecies of them, of as many particles each.
std::vector<SizeRange> ranges_of(std::vector<double> sorted) {
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges = sorted;
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  constexpr auto kMost = static_cast<std::size_t>(kMaxSpecies);
  if (edges.size() > kMost) {
    edges.clear();
    for (std::size_t part = 1; part <= kMost; ++part)
      edges.push_back(sorted[part * sorted.size() / kMost - 1]);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  }
  std::vector<SizeRange> out;
  for (auto begin = sorted.begin(); const double edge : edges) {
    const auto end = std::upper_bound(begin, sorted.end(), edge);
    out.push_back({{*begin, edge}, *(begin + (end - begin) / 2)});
    begin = end;
  }
  return out;
}

SizeClasses classes_of_species(const System& system, const Potential& potential) {
  SizeClasses out{potential.species(), system.species, {}, {}};
  for (const PairScale& scale : potential.scales()) out.reach.push_back(std::sqrt(scale.cutoff2));
  out.typical_reach = out.reach;
  return out;
}

double cutoff(const Potential& potential, double length) {
  return std::sqrt(scale_of(1, length, potential.q_cut()).cutoff2);
}

}  // namespace

SizeClasses size_classes(const System& system, const Potential& potential) {
  if (!potential.mixing()) return classes_of_species(system, potential);
  const std::vector<SizeRange> ranges = ranges_of(system.diameters);
  SizeClasses out{static_cast<int>(ranges.size()), {}, {}, {}};
  for (const SizeRange& a : ranges)
    for (const SizeRange& b : ranges) {
      out.reach.push_back(cutoff(potential, potential.mixing()->longest(a, b)));
      out.typical_reach.push_back(cutoff(potential, potential.mixing()->length(a.median, b.median)));
    }
  out.of.reserve(system.size());
  for (const double diameter : system.diameters) {
    const auto range = std::find_if(ranges.begin(), ranges.end(),
                                    [&](const SizeRange& one) { return diameter <= one.high; });
    out.of.push_back(static_cast<int>(range - ranges.begin()));
  }
  return out;
}

double longest_cutoff(const System& system, const Potential& potential) {
  if (potential.mixing()) {
    const auto [low, high] = std::minmax_element(system.diameters.begin(), system.diameters.end());
    const Diameters all{*low, *high};
    return cutoff(potential, potential.mixing()->longest(all, all));
  }
  double longest = 0;
  for (const PairScale& scale : potential.scales()) longest = std::max(longest, std::sqrt(scale.cutoff2));
  return longest;
}

double shortest_length(const System& system, const Potential& potential) {
  if (const auto& mixing = potential.mixing()) {
    const auto [low, high] = std::minmax_element(system.diameters.begin(), system.diameters.end());
    return std::min(mixing->length(*low, *low), mixing->length(*low, *high));
  }
  double largest = 0;
  for (const PairScale& scale : potential.scales()) largest = std::max(largest, scale.inverse_length2);
  return 1 / std::sqrt(largest);
}

}  // namespace pssglass
