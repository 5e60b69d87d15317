// Cells that divide the periodic box, and the layer of periodic copies around it.
#pragma once

#include <array>
#include <vector>

#include "particles/box.h"
#include "simd/kernels.h"

namespace pssglass {

/// Cells at least one list radius wide, numbered in the order in which their particles stand in memory. The
/// box is surrounded by one layer of ghost cells, each the displaced copy of a cell inside.
class CellGrid {
 public:
  /// Throws BoxTooSmall where the box is narrower than `reach`.
  CellGrid(const Box& box, double reach);

  std::int64_t size() const { return std::int64_t{counts_[0]} * counts_[1] * counts_[2]; }

  /// Number of the cell that holds the point of these fractional coordinates in [-1/2, 1/2].
  std::int64_t locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) {
      const int k = static_cast<int>((fraction + 0.5) * n);
      return k < 0 ? 0 : k < n ? k : n - 1;
    };
    const int row = bin(s.y, counts_[1]) + counts_[1] * bin(s.z, counts_[2]);
    return rows_[static_cast<std::size_t>(row)] + bin(s.x, counts_[0]);
  }

  /// Fills the cells: cell c holds particles [starts[c], starts[c + 1]). Ghosts take the slots from
  /// `first_ghost` on; returns the end of theirs.
  std::int64_t populate(const std::vector<std::int64_t>& starts, std::int64_t first_ghost);

  /// Which records the ghosts repeat.
  const std::vector<GhostBlock>& ghosts() const { return ghosts_; }

  /// The particles of a cell and of the 26 around it, ghosts included, as few runs. With `folded` a ghost
  /// goes by the offset of the particle that it repeats.
  void runs_around(std::int64_t cell, bool folded, std::vector<Run>& runs) const;

 private:
  /// One cell of the box or of the layer around it: `count` particles from `source` on, displaced, whose
  /// records stand from slot `first` on.
  struct Site {
    std::int64_t cell, source = 0, first = 0, count = 0;
    Vec3 shift;
  };

  std::int64_t index(int x, int y, int z) const;
  std::array<int, 3> coordinates(std::int64_t cell) const;
  std::size_t site(int x, int y, int z) const {
    return static_cast<std::size_t>(x + 1 + (counts_[0] + 2) * (y + 1 + (counts_[1] + 2) * (z + 1)));
  }

  std::array<int, 3> counts_;
  std::vector<std::int64_t> rows_;  // number of the first cell of row y + z·counts_[1]
  std::vector<Site> sites_;
  std::vector<GhostBlock> ghosts_;
};

}  // namespace pssglass
