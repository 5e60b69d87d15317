#include "particles/list_skin.h"

#include <algorithm>
#include <numbers>
#include <vector>

#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// Time to rebuild one particle's lists, in list entries worked through (measured: see README.md).
constexpr double kRebuildCost = 125;
/// Range and resolution of the search, in units of the longest cutoff.
constexpr double kShortest = 0.05, kLongest = 0.5, kResolution = 0.005;

}  // namespace

ListSkin list_skin(const System& system, const Potential& potential, double stride, double longest) {
  const SizeClasses classes = size_classes(system, potential);
  const auto count = static_cast<std::size_t>(classes.count);
  std::vector<double> fraction(count);
  const auto n = static_cast<double>(system.size());
  for (const int c : classes.of) fraction[static_cast<std::size_t>(c)] += 1 / n;
  // Displacement of the two fastest particles together, a step: the extreme of n normal variables, twice.
  const double fastest = 2 * std::sqrt(2 * std::log(n)) * stride;
  const double sphere = 4 * std::numbers::pi / 3 * n / system.box.volume();
  const auto cost = [&](double skin) {
    double entries = 0;
    for (std::size_t a = 0; a < count; ++a)
      for (std::size_t b = 0; b < count; ++b)
        entries +=
            fraction[a] * fraction[b] * sphere * std::pow(classes.typical_reach[count * a + b] + skin, 3);
    return entries + kRebuildCost / std::max(1.0, 2 * skin / fastest);
  };
  const double cutoff = longest_cutoff(system, potential);
  double best = kShortest * cutoff;
  for (double part = kShortest; part < kLongest; part += kResolution)
    if (const double skin = part * cutoff; skin <= longest && cost(skin) < cost(best)) best = skin;
  return {best, best / fastest};
}

}  // namespace pssglass
