#include "pairs.h"

#include <algorithm>
#include <array>

namespace pssglass {
namespace {

/// Particles sorted into cells at least one cutoff wide, or one cell where the box holds fewer than three.
class CellGrid {
 public:
  CellGrid(const System& system, double width) : counts_(cell_counts(system.box, width)) {
    cell_of_.reserve(system.size());
    for (const Vec3& r : system.positions) cell_of_.push_back(locate(system.box.fractional(r)));
    start_.assign(static_cast<std::size_t>(counts_[0] * counts_[1] * counts_[2]) + 1, 0);
    for (int cell : cell_of_) ++start_[static_cast<std::size_t>(cell) + 1];
    for (std::size_t c = 1; c < start_.size(); ++c) start_[c] += start_[c - 1];
    members_.resize(system.size());
    auto next = start_;
    for (std::size_t i = 0; i < cell_of_.size(); ++i)
      members_[static_cast<std::size_t>(next[static_cast<std::size_t>(cell_of_[i])]++)] = static_cast<int>(i);
  }

  /// Calls visit(j) for every particle of the cells around particle i's.
  template <class Visit>
  void for_neighbours(std::size_t i, Visit&& visit) const {
    const int cell = cell_of_[i];
    const std::array<int, 3> at{cell % counts_[0], cell / counts_[0] % counts_[1],
                                cell / (counts_[0] * counts_[1])};
    const auto reach = [&](int axis) { return counts_[static_cast<std::size_t>(axis)] > 1 ? 1 : 0; };
    const auto wrapped = [&](int axis, int step) {
      const int n = counts_[static_cast<std::size_t>(axis)];
      return (at[static_cast<std::size_t>(axis)] + step + n) % n;
    };
    for (int dz = -reach(2); dz <= reach(2); ++dz)
      for (int dy = -reach(1); dy <= reach(1); ++dy)
        for (int dx = -reach(0); dx <= reach(0); ++dx) {
          const auto other = static_cast<std::size_t>(
              wrapped(0, dx) + counts_[0] * (wrapped(1, dy) + counts_[1] * wrapped(2, dz)));
          for (int k = start_[other]; k < start_[other + 1]; ++k)
            visit(members_[static_cast<std::size_t>(k)]);
        }
  }

 private:
  static std::array<int, 3> cell_counts(const Box& box, double width) {
    const Vec3 d = box.plane_distances();
    // Floating-point positions on a face may round into the next cell: the margin keeps neighbours adjacent.
    const auto fit = [&](double distance) {
      const int n = std::min(1024, static_cast<int>(distance / (width * (1 + 1e-9))));
      return n < 3 ? 1 : n;
    };
    return {fit(d.x), fit(d.y), fit(d.z)};
  }
  int locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) {
      return std::min(n - 1, static_cast<int>((fraction - std::floor(fraction)) * n));
    };
    return bin(s.x, counts_[0]) + counts_[0] * (bin(s.y, counts_[1]) + counts_[1] * bin(s.z, counts_[2]));
  }

  std::array<int, 3> counts_;
  std::vector<int> cell_of_, start_, members_;
};

}  // namespace

std::vector<Pair> interacting_pairs(const System& system, const Potential& potential) {
  validate(system, potential);
  const CellGrid grid(system, potential.max_cutoff());
  std::vector<Pair> pairs;
  pairs.reserve(system.size() * 16);
  for (std::size_t i = 0; i < system.size(); ++i) {
    const std::size_t first = pairs.size();
    grid.for_neighbours(i, [&](int j) {
      if (j <= static_cast<int>(i)) return;
      const auto other = static_cast<std::size_t>(j);
      const Vec3 d = system.box.minimum_image(system.positions[other] - system.positions[i]);
      const double r2 = dot(d, d);
      if (r2 < potential.type(system.species[i], system.species[other]).cutoff2)
        pairs.push_back({static_cast<int>(i), j, d, r2});
    });
    std::sort(pairs.begin() + static_cast<std::ptrdiff_t>(first), pairs.end(),
              [](const Pair& a, const Pair& b) { return a.j < b.j; });
  }
  return pairs;
}

}  // namespace pssglass
