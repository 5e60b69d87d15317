#include "particles/ghost_cells.h"

#include <array>

namespace pssglass {

GhostCells::GhostCells(const Box& box, double reach, std::int64_t particles) : grid_(box, reach, particles) {
  const std::array<int, 3> n = grid_.counts();
  const auto fold = [](int k, int count) { return k < 0 ? -1 : k < count ? 0 : 1; };
  for (int z = -1; z <= n[2]; ++z)
    for (int y = -1; y <= n[1]; ++y)
      for (int x = -1; x <= n[0]; ++x) {
        const int sx = fold(x, n[0]), sy = fold(y, n[1]), sz = fold(z, n[2]);
        Site here;
        here.cell = grid_.index(x - sx * n[0], y - sy * n[1], z - sz * n[2]);
        here.image = {double(sx), double(sy), double(sz)};
        here.shift = box.cartesian(here.image);
        sites_.push_back(here);
      }
}

void GhostCells::dilate(const Box& box) {
  auto ghost = ghosts_.begin();
  for (Site& here : sites_) {
    here.shift = box.cartesian(here.image);
    if (here.image == Vec3{} || here.count == 0 || ghost == ghosts_.end()) continue;
    ghost->shift[0] = here.shift.x, ghost->shift[1] = here.shift.y, ghost->shift[2] = here.shift.z;
    ++ghost;
  }
}

std::int64_t GhostCells::populate(const std::vector<std::int64_t>& starts, std::int64_t first_ghost) {
  ghosts_.clear();
  for (Site& here : sites_) {
    const auto cell = static_cast<std::size_t>(here.cell);
    here.source = here.first = starts[cell];
    here.count = starts[cell + 1] - starts[cell];
    if (here.shift == Vec3{}) continue;
    here.first = first_ghost;
    if (here.count > 0)
      ghosts_.push_back({here.source, here.first, here.count, {here.shift.x, here.shift.y, here.shift.z}});
    first_ghost += here.count;
  }
  return first_ghost;
}

void GhostCells::runs_around(std::int64_t cell, bool folded, std::vector<Run>& runs) const {
  runs.clear();
  const auto [x, y, z] = grid_.coordinates(cell);
  // Cells of a row follow each other in memory, except across a face of the box.
  std::array<int, 4> ends{x - 1};
  std::size_t parts = 1;
  for (const int face : {0, grid_.counts()[0]})
    if (face > ends[0] && face < x + 2) ends[parts++] = face;
  ends[parts] = x + 2;
  for (int dz = -1; dz <= 1; ++dz)
    for (int dy = -1; dy <= 1; ++dy)
      for (std::size_t part = 0; part < parts; ++part) {
        const Site& first = sites_[site(ends[part], y + dy, z + dz)];
        const Site& last = sites_[site(ends[part + 1] - 1, y + dy, z + dz)];
        if (const std::int64_t count = last.first + last.count - first.first; count > 0)
          runs.push_back({first.source,
                          static_cast<std::int32_t>(count),
                          static_cast<std::int32_t>(4 * (folded ? first.source : first.first)),
                          {static_cast<float>(first.shift.x), static_cast<float>(first.shift.y),
                           static_cast<float>(first.shift.z)}});
      }
}

}  // namespace pssglass
