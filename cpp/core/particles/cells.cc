#include "particles/cells.h"

#include <algorithm>
#include <sstream>

namespace pssglass {
namespace {

/// Rows of cells that stand together in memory: three layers of such a strip fit the second-level cache.
constexpr int kStrip = 8;
/// Cells along an edge, so that their product is no overflow.
constexpr double kMostAcross = 1e6;
/// Cells a particle. In a liquid there are fewer by far; those of a dilute gas take all time if most are
/// empty.
constexpr std::int64_t kMostPerParticle = 8;

int cells_across(double distance, double reach) {
  if (distance < reach) {
    std::ostringstream message;
    message << "box is " << distance << " wide but neighbour lists reach " << reach
            << ": use more particles, or a lower density, which make it wider";
    throw BoxTooSmall(message.str());
  }
  // Points on a face may round into the next cell: the margin keeps neighbours adjacent.
  return std::max(1, static_cast<int>(std::min(kMostAcross, distance / (reach * (1 + 1e-9)))));
}

std::int64_t product(const std::array<int, 3>& counts) {
  return std::int64_t{counts[0]} * counts[1] * counts[2];
}

/// Widens the cells, the narrowest first, until there are at most so many; what is fewer than `least` becomes
/// one.
std::array<int, 3> bounded(std::array<int, 3> counts, std::int64_t most, int least) {
  while (product(counts) > most) {
    int& largest = *std::max_element(counts.begin(), counts.end());
    largest = largest / 2 < least ? 1 : largest / 2;
  }
  return counts;
}

}  // namespace

CellGrid::CellGrid(const std::array<int, 3>& counts) : counts_(counts) {
  for (int z = 0; z < counts_[2]; ++z)
    for (int y = 0; y < counts_[1]; ++y) rows_.push_back(index(0, y, z));
}

CellGrid::CellGrid(const Box& box, double reach, std::int64_t particles)
    : CellGrid([&] {
        const Vec3 d = box.plane_distances();
        const std::array counts{cells_across(d.x, reach), cells_across(d.y, reach), cells_across(d.z, reach)};
        return bounded(counts, std::max<std::int64_t>(1, kMostPerParticle * particles), 1);
      }()) {}

CellGrid CellGrid::wrapping(const Box& box, double reach, std::int64_t particles) {
  const Vec3 d = box.plane_distances();
  const auto fit = [&](double distance) {
    return distance < 3 * reach ? 1 : static_cast<int>(std::min(kMostAcross, distance / reach));
  };
  return CellGrid(
      bounded({fit(d.x), fit(d.y), fit(d.z)}, std::max<std::int64_t>(1, kMostPerParticle * particles), 3));
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

void CellGrid::sort(const std::vector<std::int32_t>& cells, std::vector<std::int64_t>& starts,
                    std::vector<std::uint32_t>& order) {
  starts.assign(static_cast<std::size_t>(size()) + 1, 0);
  for (const std::int32_t cell : cells) ++starts[static_cast<std::size_t>(cell) + 1];
  for (std::size_t c = 1; c < starts.size(); ++c) starts[c] += starts[c - 1];
  order.resize(cells.size());
  next_.assign(starts.begin(), starts.end() - 1);
  for (std::size_t k = 0; k < cells.size(); ++k)
    order[static_cast<std::size_t>(next_[static_cast<std::size_t>(cells[k])]++)] =
        static_cast<std::uint32_t>(k);
}

}  // namespace pssglass
