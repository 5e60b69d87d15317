#include "particles/pairs.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "simd/dispatch.h"

namespace pssglass {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

/// What kernels may read or write beyond the end of an array.
constexpr std::size_t kSlack = 16;

/// Particles in the order of cells at least one cutoff wide, or of one cell where the box holds fewer than
/// three. Candidates are found in single precision from reduced coordinates, then measured exactly.
class CellGrid {
 public:
  CellGrid(const System& system, const Potential& potential)
      : box_(system.box), potential_(potential), counts_(cell_counts(box_, potential.max_cutoff())) {
    sort_into_cells(system);
    // Rounding of a reduced coordinate to single precision displaces a particle by at most 2⁻²⁵ of an edge.
    const double edges = box_.lx() + box_.ly() + box_.lz() + norm(box_.cartesian({1, 1, 1}));
    for (int a = 0; a < potential.species(); ++a)
      for (int lane = 0; lane < 16; ++lane) {
        const double cutoff2 = lane % 4 < potential.species() ? potential.type(a, lane % 4).cutoff2 : 0;
        reach2_[index(a)][index(lane)] = static_cast<float>(std::pow(std::sqrt(cutoff2) + 1e-6 * edges, 2));
      }
  }

  /// Every interacting pair once.
  Pairs pairs() {
    Pairs found;
    found.reserve(12 * ids_.size());
    for (int z = 0; z < counts_[2]; ++z)
      for (int y = 0; y < counts_[1]; ++y)
        for (int x = 0; x < counts_[0]; ++x) {
          const int own = cell(x, y, z);
          ranges_.assign(1, {0, start_[index(own) + 1]});
          add_half_of_neighbors(x, y, z);
          for (std::int64_t k = start_[index(own)]; k < start_[index(own) + 1]; ++k) {
            ranges_.front().begin = k + 1;
            measure(k, near(k), found);
          }
        }
    return found;
  }

 private:
  static std::array<int, 3> cell_counts(const Box& box, double width) {
    const Vec3 d = box.plane_distances();
    const auto fit = [&](double distance) {
      const int n = std::min(1024, static_cast<int>(distance / (width * (1 + 1e-5))));
      return n < 3 ? 1 : n;
    };
    return {fit(d.x), fit(d.y), fit(d.z)};
  }
  int cell(int x, int y, int z) const { return x + counts_[0] * (y + counts_[1] * z); }
  int locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) { return std::min(n - 1, static_cast<int>(fraction * n)); };
    return cell(bin(s.x, counts_[0]), bin(s.y, counts_[1]), bin(s.z, counts_[2]));
  }

  void sort_into_cells(const System& system) {
    const std::size_t n = system.size();
    std::vector<int> cell_of(n);
    std::vector<Vec3> reduced(n);
    start_.assign(index(counts_[0] * counts_[1] * counts_[2]) + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const Vec3 s = box_.fractional(system.positions[i]);
      reduced[i] = s - Vec3{std::floor(s.x), std::floor(s.y), std::floor(s.z)};
      ++start_[index(cell_of[i] = locate(reduced[i])) + 1];
    }
    for (std::size_t c = 1; c < start_.size(); ++c) start_[c] += start_[c - 1];
    for (auto* row : {&x_, &y_, &z_}) row->resize(n + kSlack);
    for (auto* row : {&species_, &near_}) row->resize(n + kSlack);
    positions_.resize(n), ids_.resize(n);
    auto next = start_;
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t k = index(next[index(cell_of[i])]++);
      x_[k] = static_cast<float>(reduced[i].x);
      y_[k] = static_cast<float>(reduced[i].y);
      z_[k] = static_cast<float>(reduced[i].z);
      species_[k] = system.species[i], positions_[k] = system.positions[i], ids_[k] = static_cast<int>(i);
    }
  }

  /// Those of the 26 cells around one that have not had it as a neighbour.
  void add_half_of_neighbors(int x, int y, int z) {
    const auto wrapped = [](int k, int n) { return k < 0 ? k + n : k < n ? k : k - n; };
    const auto reach = [&](std::size_t axis) { return counts_[axis] > 1 ? 1 : 0; };
    for (int dz = 0; dz <= reach(2); ++dz)
      for (int dy = dz > 0 ? -reach(1) : 0; dy <= reach(1); ++dy)
        for (int dx = dz > 0 || dy > 0 ? -reach(0) : 1; dx <= reach(0); ++dx) {
          const int c =
              cell(wrapped(x + dx, counts_[0]), wrapped(y + dy, counts_[1]), wrapped(z + dz, counts_[2]));
          const Range range{start_[index(c)], start_[index(c) + 1]};
          if (ranges_.back().end == range.begin)
            ranges_.back().end = range.end;
          else
            ranges_.push_back(range);
        }
  }

  /// Candidates for pairs with particle k: how many of near_ are filled.
  std::int64_t near(std::int64_t k) {
    return kernels_->near(
        {x_.data(),
         y_.data(),
         z_.data(),
         species_.data(),
         k,
         ranges_.data(),
         static_cast<std::int64_t>(ranges_.size()),
         {static_cast<float>(box_.lx()), static_cast<float>(box_.ly()), static_cast<float>(box_.lz())},
         static_cast<float>(box_.xy()),
         static_cast<float>(box_.xz()),
         static_cast<float>(box_.yz()),
         reach2_[index(species_[index(k)])].data(),
         near_.data()});
  }

  void measure(std::int64_t k, std::int64_t candidates, Pairs& found) const {
    const Vec3 here = positions_[index(k)];
    const int own = ids_[index(k)], species = species_[index(k)];
    for (std::int64_t m = 0; m < candidates; ++m) {
      const std::size_t other = index(near_[index(m)] / 4);
      const Vec3 d = box_.minimum_image(positions_[other] - here);
      const double r2 = dot(d, d);
      if (r2 < potential_.type(species, species_[other]).cutoff2)
        found.push_back({std::min(own, ids_[other]), std::max(own, ids_[other]),
                         (own < ids_[other] ? 1.0 : -1.0) * d, r2});
    }
  }

  Box box_;
  const Potential& potential_;
  std::array<int, 3> counts_;
  std::vector<int> start_;
  // In the order of cells.
  std::vector<float> x_, y_, z_;
  std::vector<std::int32_t> species_;
  Vectors positions_;
  std::vector<int> ids_;
  std::array<std::array<float, 16>, kMaxSpecies> reach2_{};
  // Of the particle whose pairs are sought.
  std::vector<Range> ranges_;
  std::vector<std::int32_t> near_;
  const Kernels* kernels_ = &kernels(default_simd());
};

/// One pass of a radix sort: places ordered by their key, a particle, and otherwise as before.
std::vector<int> sorted_by(const std::vector<int>& keys, const std::vector<int>& places,
                           std::size_t particles) {
  std::vector<int> next(particles + 1, 0);
  for (const int key : keys) ++next[index(key) + 1];
  for (std::size_t i = 0; i < particles; ++i) next[i + 1] += next[i];
  std::vector<int> out(places.size());
  for (const int place : places) out[index(next[index(keys[index(place)])]++)] = place;
  return out;
}

}  // namespace

Pairs interacting_pairs(const System& system, const Potential& potential) {
  validate(system, potential);
  const Pairs found = CellGrid(system, potential).pairs();
  std::vector<int> order(found.size()), keys(found.size());
  std::iota(order.begin(), order.end(), 0);
  for (int Pair::*const member : {&Pair::j, &Pair::i}) {
    std::transform(found.begin(), found.end(), keys.begin(), [&](const Pair& pair) { return pair.*member; });
    order = sorted_by(keys, order, system.size());
  }
  Pairs pairs;
  pairs.reserve(found.size());
  for (const int place : order) pairs.push_back(found[index(place)]);
  return pairs;
}

}  // namespace pssglass
