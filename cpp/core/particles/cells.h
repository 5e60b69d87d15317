// Cells that divide the periodic box.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "particles/box.h"

namespace pssglass {

/// Cells at least `reach` wide, numbered in the order in which their particles stand in memory; however large
/// the box, they are no more than some for each particle.
class CellGrid {
 public:
  /// Throws BoxTooSmall where the box is narrower than `reach`.
  CellGrid(const Box& box, double reach, std::int64_t particles);
  /// For neighbours that are found across the faces of the box, without copies: one cell along an edge that
  /// has no room for three.
  static CellGrid wrapping(const Box& box, double reach, std::int64_t particles);

  std::int64_t size() const { return std::int64_t{counts_[0]} * counts_[1] * counts_[2]; }
  const std::array<int, 3>& counts() const { return counts_; }

  /// Number of the cell that holds the point of these fractional coordinates in [-1/2, 1/2].
  std::int64_t locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) {
      const int k = static_cast<int>((fraction + 0.5) * n);
      return k < 0 ? 0 : k < n ? k : n - 1;
    };
    const int row = bin(s.y, counts_[1]) + counts_[1] * bin(s.z, counts_[2]);
    return rows_[static_cast<std::size_t>(row)] + bin(s.x, counts_[0]);
  }
  std::int64_t index(int x, int y, int z) const;
  std::array<int, 3> coordinates(std::int64_t cell) const;

  /// Particles in the order of their cells, otherwise as before: cell c holds order[starts[c]] to
  /// order[starts[c + 1] - 1].
  void sort(const std::vector<std::int32_t>& cells, std::vector<std::int64_t>& starts,
            std::vector<std::uint32_t>& order);

 private:
  explicit CellGrid(const std::array<int, 3>& counts);

  std::array<int, 3> counts_{};
  std::vector<std::int64_t> rows_;  // number of the first cell of row y + z·counts_[1]
  std::vector<std::int64_t> next_;  // of each cell, while sorting
};

}  // namespace pssglass
