#include "particles/cells.h"

#include <algorithm>
#include <sstream>

namespace pssglass {
namespace {

/// Rows of cells that stand together in memory: three layers of such a strip fit the second-level cache.
constexpr int kStrip = 8;

int cells_across(double distance, double reach) {
  if (distance < reach) {
    std::ostringstream message;
    message << "box is " << distance << " wide but neighbour lists reach " << reach
            << ": use more particles or a shorter list radius";
    throw BoxTooSmall(message.str());
  }
  // Points on a face may round into the next cell: the margin keeps neighbours adjacent.
  return std::max(1, static_cast<int>(distance / (reach * (1 + 1e-9))));
}

}  // namespace

CellGrid::CellGrid(const Box& box, double reach) {
  const Vec3 d = box.plane_distances();
  counts_ = {cells_across(d.x, reach), cells_across(d.y, reach), cells_across(d.z, reach)};
  for (int z = 0; z < counts_[2]; ++z)
    for (int y = 0; y < counts_[1]; ++y) rows_.push_back(index(0, y, z));
  const auto fold = [](int k, int n) { return k < 0 ? -1 : k < n ? 0 : 1; };
  for (int z = -1; z <= counts_[2]; ++z)
    for (int y = -1; y <= counts_[1]; ++y)
      for (int x = -1; x <= counts_[0]; ++x) {
        const int sx = fold(x, counts_[0]), sy = fold(y, counts_[1]), sz = fold(z, counts_[2]);
        Site here;
        here.cell = index(x - sx * counts_[0], y - sy * counts_[1], z - sz * counts_[2]);
        here.shift = box.cartesian({double(sx), double(sy), double(sz)});
        sites_.push_back(here);
      }
}

std::int64_t CellGrid::index(int x, int y, int z) const {
  const int strip = y / kStrip, rows = std::min(kStrip, counts_[1] - strip * kStrip);
  return x + std::int64_t{counts_[0]} *
                 (y % kStrip + std::int64_t{rows} * z + std::int64_t{counts_[2]} * strip * kStrip);
}

std::array<int, 3> CellGrid::coordinates(std::int64_t cell) const {
  const auto x = static_cast<int>(cell % counts_[0]);
  const std::int64_t row = cell / counts_[0];
  const auto strip = static_cast<int>(row / (std::int64_t{counts_[2]} * kStrip));
  const int rows = std::min(kStrip, counts_[1] - strip * kStrip);
  const auto rest = static_cast<int>(row - std::int64_t{counts_[2]} * kStrip * strip);
  return {x, strip * kStrip + rest % rows, rest / rows};
}

std::int64_t CellGrid::populate(const std::vector<std::int64_t>& starts, std::int64_t first_ghost) {
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

void CellGrid::runs_around(std::int64_t cell, bool folded, std::vector<Run>& runs) const {
  runs.clear();
  const auto [x, y, z] = coordinates(cell);
  // Cells of a row follow each other in memory, except across a face of the box.
  std::array<int, 4> ends{x - 1};
  std::size_t parts = 1;
  for (const int face : {0, counts_[0]})
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
