#include "particles/list_skin.h"

#include <algorithm>
#include <numbers>
#include <vector>

namespace pssglass {
namespace {

/// Time to rebuild one particle's lists, in list entries worked through (measured: see README.md).
constexpr double kRebuildCost = 125;
/// Range and resolution of the search, in units of the longest cutoff.
constexpr double kShortest = 0.05, kLongest = 0.5, kResolution = 0.005;

}  // namespace

ListSkin list_skin(const System& system, const Potential& potential, double stride, double longest) {
  std::vector<double> fraction(static_cast<std::size_t>(potential.species()));
  const auto n = static_cast<double>(system.size());
  for (const int s : system.species) fraction[static_cast<std::size_t>(s)] += 1 / n;
  // Displacement of the two fastest particles together, a step: the extreme of n normal variables, twice.
  const double fastest = 2 * std::sqrt(2 * std::log(n)) * stride;
  const double sphere = 4 * std::numbers::pi / 3 * n / system.box.volume();
  const auto cost = [&](double skin) {
    double entries = 0;
    for (int a = 0; a < potential.species(); ++a)
      for (int b = 0; b < potential.species(); ++b)
        entries += fraction[static_cast<std::size_t>(a)] * fraction[static_cast<std::size_t>(b)] * sphere *
                   std::pow(std::sqrt(potential.scale(a, b).cutoff2) + skin, 3);
    return entries + kRebuildCost / std::max(1.0, 2 * skin / fastest);
  };
  double best = kShortest * potential.max_cutoff();
  for (double part = kShortest; part < kLongest; part += kResolution)
    if (const double skin = part * potential.max_cutoff(); skin <= longest && cost(skin) < cost(best))
      best = skin;
  return {best, best / fastest};
}

}  // namespace pssglass
