#include "cells.h"

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
    if (here.shift == Vec3{} || here.count == 0) continue;
    here.first = first_ghost;
    ghosts_.push_back({here.source, here.first, here.count, {here.shift.x, here.shift.y, here.shift.z}});
    first_ghost += here.count;
  }
  return first_ghost;
}

void CellGrid::runs_around(std::int64_t cell, bool folded, std::vector<Run>& runs) const {
  runs.clear();
  const auto [x, y, z] = coordinates(cell);
  for (int dz = -1; dz <= 1; ++dz)
    for (int dy = -1; dy <= 1; ++dy) {
      const Site* row = &sites_[site(x - 1, y + dy, z + dz)];
      for (const Site* here = row; here < row + 3; ++here) {
        const auto count = static_cast<std::int32_t>(here->count);
        const bool inside = here->first == here->source;
        if (here > row && here[-1].count > 0 && inside && here->first == here[-1].first + here[-1].count)
          runs.back().count += count;
        else if (count > 0)
          runs.push_back({here->source,
                          count,
                          static_cast<std::int32_t>(4 * (folded ? here->source : here->first)),
                          {static_cast<float>(here->shift.x), static_cast<float>(here->shift.y),
                           static_cast<float>(here->shift.z)}});
      }
    }
}

}  // namespace pssglass
