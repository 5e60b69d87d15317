#include "pairs.h"

#include <algorithm>
#include <array>

namespace pssglass {
namespace {

/// Particles sorted into cells at least one cutoff wide, or one cell where the box holds fewer than three.
class CellGrid {
 public:
  CellGrid(const System& system, double width) : counts_(cell_counts(system.box, width)) {
    const std::size_t n = system.size();
    std::vector<int> cell_of;
    Vectors reduced;
    cell_of.reserve(n);
    reduced.reserve(n);
    for (const Vec3& r : system.positions) {
      const Vec3 s = system.box.fractional(r);
      reduced.push_back(s - Vec3{std::floor(s.x), std::floor(s.y), std::floor(s.z)});
      cell_of.push_back(locate(reduced.back()));
    }
    start_.assign(index(counts_[0] * counts_[1] * counts_[2]) + 1, 0);
    for (int cell : cell_of) ++start_[index(cell) + 1];
    for (std::size_t c = 1; c < start_.size(); ++c) start_[c] += start_[c - 1];
    members_.resize(n);
    reduced_.resize(n);
    auto next = start_;
    for (std::size_t i = 0; i < n; ++i) {
      const auto slot = index(next[index(cell_of[i])]++);
      members_[slot] = static_cast<int>(i);
      reduced_[slot] = reduced[i];
    }
  }

  /// Calls visit(i, j, s) once for every two particles in the same or in touching cells, with the nearest
  /// image of the difference of their reduced coordinates.
  template <class Visit>
  void for_pairs(Visit&& visit) const {
    const auto reach = [&](std::size_t axis) { return counts_[axis] > 1 ? 1 : 0; };
    for (int z = 0; z < counts_[2]; ++z)
      for (int y = 0; y < counts_[1]; ++y)
        for (int x = 0; x < counts_[0]; ++x) {
          const int here = cell(x, y, z);
          for (int k = start_[index(here)]; k < start_[index(here) + 1]; ++k)
            visit_row(k, k + 1, here, visit);
          // Half of the neighbours: the other half has this cell among its own.
          for (int dz = 0; dz <= reach(2); ++dz)
            for (int dy = dz > 0 ? -reach(1) : 0; dy <= reach(1); ++dy)
              for (int dx = dz > 0 || dy > 0 ? -reach(0) : 1; dx <= reach(0); ++dx) {
                const int there = cell(x + dx, y + dy, z + dz);
                for (int k = start_[index(here)]; k < start_[index(here) + 1]; ++k)
                  visit_row(k, start_[index(there)], there, visit);
              }
        }
  }

 private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }

  static std::array<int, 3> cell_counts(const Box& box, double width) {
    const Vec3 d = box.plane_distances();
    // Floating-point positions on a face may round into the next cell: the margin keeps neighbours adjacent.
    const auto fit = [&](double distance) {
      const int n = std::min(1024, static_cast<int>(distance / (width * (1 + 1e-9))));
      return n < 3 ? 1 : n;
    };
    return {fit(d.x), fit(d.y), fit(d.z)};
  }
  int cell(int x, int y, int z) const {
    const auto wrapped = [](int k, int n) { return k < 0 ? k + n : k < n ? k : k - n; };
    return wrapped(x, counts_[0]) +
           counts_[0] * (wrapped(y, counts_[1]) + counts_[1] * wrapped(z, counts_[2]));
  }
  int locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) { return std::min(n - 1, static_cast<int>(fraction * n)); };
    return cell(bin(s.x, counts_[0]), bin(s.y, counts_[1]), bin(s.z, counts_[2]));
  }

  template <class Visit>
  void visit_row(int k, int first, int other, Visit&& visit) const {
    const auto nearest = [](double u) { return u - (u > 0.5) + (u < -0.5); };
    for (int l = first; l < start_[index(other) + 1]; ++l) {
      const Vec3 s = reduced_[index(l)] - reduced_[index(k)];
      visit(members_[index(k)], members_[index(l)], Vec3{nearest(s.x), nearest(s.y), nearest(s.z)});
    }
  }

  std::array<int, 3> counts_;
  std::vector<int> start_, members_;
  Vectors reduced_;  // coordinates in [0, 1) along the edge vectors, in the order of members_
};

/// By (i, j): counted into rows, which are short.
std::vector<Pair> sorted(const std::vector<Pair>& pairs, std::size_t particles) {
  std::vector<std::size_t> start(particles + 1, 0);
  for (const Pair& pair : pairs) ++start[static_cast<std::size_t>(pair.i) + 1];
  for (std::size_t i = 0; i < particles; ++i) start[i + 1] += start[i];
  std::vector<Pair> out(pairs.size());
  auto next = start;
  for (const Pair& pair : pairs) out[next[static_cast<std::size_t>(pair.i)]++] = pair;
  for (std::size_t i = 0; i < particles; ++i)
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(start[i]),
              out.begin() + static_cast<std::ptrdiff_t>(start[i + 1]),
              [](const Pair& a, const Pair& b) { return a.j < b.j; });
  return out;
}

}  // namespace

std::vector<Pair> interacting_pairs(const System& system, const Potential& potential) {
  validate(system, potential);
  // Reduced coordinates find the candidates without a division; the separations come from the positions
  // themselves.
  const double nearby = std::pow(potential.max_cutoff(), 2) * (1 + 1e-9);
  std::vector<Pair> pairs;
  pairs.reserve(system.size() * 10);
  CellGrid(system, potential.max_cutoff()).for_pairs([&](int a, int b, const Vec3& reduced) {
    const Vec3 rough = system.box.cartesian(reduced);
    if (dot(rough, rough) > nearby) return;
    const auto [i, j] = std::minmax(a, b);
    const auto first = static_cast<std::size_t>(i), second = static_cast<std::size_t>(j);
    const Vec3 d = system.box.minimum_image(system.positions[second] - system.positions[first]);
    const double r2 = dot(d, d);
    if (r2 < potential.type(system.species[first], system.species[second]).cutoff2)
      pairs.push_back({i, j, d, r2});
  });
  return sorted(pairs, system.size());
}

}  // namespace pssglass
