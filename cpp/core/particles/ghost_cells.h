// The cells of the periodic box with a layer of periodic copies around it.
#pragma once

#include <vector>

#include "particles/cells.h"
#include "simd/kernels.h"

namespace pssglass {

/// A grid surrounded by one layer of ghost cells, each the displaced copy of a cell inside.
class GhostCells {
 public:
  /// Throws BoxTooSmall where the box is narrower than `reach`.
  GhostCells(const Box& box, double reach, std::int64_t particles);

  CellGrid& grid() { return grid_; }
  const CellGrid& grid() const { return grid_; }

  /// The same cells of a box that has been dilated.
  void dilate(const Box& box);

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
    Vec3 image;  // of the box
    Vec3 shift;
  };

  std::size_t site(int x, int y, int z) const {
    const auto& n = grid_.counts();
    return static_cast<std::size_t>(x + 1 + (n[0] + 2) * (y + 1 + (n[1] + 2) * (z + 1)));
  }

  CellGrid grid_;
  std::vector<Site> sites_;
  std::vector<GhostBlock> ghosts_;
};

}  // namespace pssglass
