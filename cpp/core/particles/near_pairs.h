// Pairs of particles that are close to each other, measured exactly.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/aligned_memory.h"
#include "particles/cells.h"
#include "simd/dispatch.h"

namespace pssglass {

/// Particles i < j, or i = j for a periodic image of itself: separation r_j − r_i and its square.
struct NearPair {
  int i, j;
  Vec3 separation;
  double r2;
};

/// Finds the pairs of nearest images within reach. The box must be twice as wide as the longest reach.
class NearPairSearch {
 public:
  /// `reach` is row-major, C×C for particles of C ≤ kMaxSpecies classes: see SizeClasses.
  NearPairSearch(const Box& box, const Vectors& positions, const std::vector<int>& classes,
                 const std::vector<double>& reach);

  /// Collects every pair once for which within(i, j, r²).
  template <class Within>
  void find(Within&& within) {
    found_.reserve(12 * ids_.size());
    for (std::int64_t cell = 0; cell < grid_.size(); ++cell) {
      const auto c = static_cast<std::size_t>(cell);
      ranges_.assign(1, {0, starts_[c + 1]});
      add_half_of_neighbors(cell);
      for (std::int64_t k = starts_[c]; k < starts_[c + 1]; ++k) measure(k, within);
    }
  }

  /// Calls body(place, offsets, count) for all places in the order of cells: four times the places of those
  /// within reach, and some beyond it by no more than rounding to single precision.
  template <class Body>
  void for_rows(Body&& body) {
    for (std::int64_t cell = 0; cell < grid_.size(); ++cell) {
      const auto c = static_cast<std::size_t>(cell);
      ranges_.assign(2, {0, 0});
      add_neighbors(cell);
      for (std::int64_t k = starts_[c]; k < starts_[c + 1]; ++k) {
        ranges_[0] = {starts_[c], k};
        ranges_[1] = {k + 1, starts_[c + 1]};
        const std::int64_t count = candidates(k);
        body(static_cast<std::size_t>(k), near_.data(), static_cast<std::size_t>(count));
      }
    }
  }
  /// The particle at each place.
  const std::vector<std::uint32_t>& ids() const { return ids_; }

  std::size_t count() const { return found_.size(); }
  /// In an order that depends on the positions alone.
  const AlignedVector<NearPair>& found() const { return found_; }
  /// Calls body(pair) for all found, sorted by (i, j).
  template <class Body>
  void for_sorted(Body&& body) const {
    for (const int place : sorted_places()) body(found_[static_cast<std::size_t>(place)]);
  }

 private:
  void sort_into_cells(const Vectors& positions, const std::vector<int>& classes);
  void add_half_of_neighbors(std::int64_t cell);
  void add_neighbors(std::int64_t cell);
  void add(std::int64_t cell);
  std::int64_t candidates(std::int64_t k);
  std::vector<int> sorted_places() const;

  template <class Within>
  void measure(std::int64_t k, Within&& within) {
    ranges_.front().begin = k + 1;
    const std::int64_t count = candidates(k);
    const auto self = static_cast<std::size_t>(k);
    const Vec3 here = positions_[self];
    const std::uint32_t own = ids_[self];
    for (std::int64_t m = 0; m < count; ++m) {
      const auto place = static_cast<std::size_t>(near_[static_cast<std::size_t>(m)] / 4);
      const std::uint32_t other = ids_[place];
      const Vec3 d = box_.minimum_image(positions_[place] - here);
      const double r2 = dot(d, d);
      if (!within(own, other, r2)) continue;
      if (own < other)
        found_.push_back({static_cast<int>(own), static_cast<int>(other), d, r2});
      else
        found_.push_back({static_cast<int>(other), static_cast<int>(own), -1.0 * d, r2});
    }
  }

  Box box_;
  CellGrid grid_;
  std::vector<std::int64_t> starts_;
  // In the order of cells.
  std::array<std::vector<float>, 3> reduced_;
  std::vector<std::int32_t> classes_;
  Vectors positions_;
  std::vector<std::uint32_t> ids_;
  std::array<std::array<float, 16>, kMaxSpecies> reach2_{};
  // Of the particle whose pairs are sought.
  std::vector<Range> ranges_;
  std::vector<std::int32_t> near_;
  AlignedVector<NearPair> found_;
  const Kernels* kernels_ = &kernels(default_simd());
};

/// All pairs closer than `cutoff`, sorted by (i, j), in a box of any width: several images of one particle,
/// its own included, may be near another. Throws InvalidArgument for positions that are not finite and for a
/// cutoff that is not positive or finds more than some 10⁸ pairs.
std::vector<NearPair> pairs_within(const Box& box, const Vectors& positions, double cutoff);

}  // namespace pssglass
