#include "particles/near_pairs.h"

#include <algorithm>
#include <numbers>
#include <numeric>
#include <sstream>
#include <string>

#include "particles/valid_positions.h"

namespace pssglass {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

/// What kernels may read or write beyond the end of an array.
constexpr std::size_t kSlack = 16;

/// More would not fit into memory.
constexpr double kMostPairs = 1e8;

/// Width of cells: no more of them than particles, and a margin for what rounding to single precision moves.
double cell_width(const Box& box, std::size_t particles, const std::vector<double>& reach) {
  const double spacing = std::cbrt(box.volume() / static_cast<double>(particles));
  return std::max(*std::max_element(reach.begin(), reach.end()), spacing) * (1 + 1e-5);
}

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

/// The cells around one, by their distance in cells along each edge.
struct Around {
  Around(const CellGrid& grid, std::int64_t own) : grid_(grid), at_(grid.coordinates(own)) {
    for (std::size_t axis = 0; axis < 3; ++axis) reach[axis] = grid.counts()[axis] > 1 ? 1 : 0;
  }
  std::int64_t operator()(int dx, int dy, int dz) const {
    return grid_.index(along(0, dx), along(1, dy), along(2, dz));
  }
  std::array<int, 3> reach{};

 private:
  int along(std::size_t axis, int d) const {
    const int k = at_[axis] + d, n = grid_.counts()[axis];
    return k < 0 ? k + n : k < n ? k : k - n;
  }
  const CellGrid& grid_;
  std::array<int, 3> at_;
};

}  // namespace

NearPairSearch::NearPairSearch(const Box& box, const Vectors& positions, const std::vector<int>& classes,
                               const std::vector<double>& reach)
    : box_(box),
      grid_(CellGrid::wrapping(box, cell_width(box, positions.size(), reach),
                               static_cast<std::int64_t>(positions.size()))) {
  sort_into_cells(positions, classes);
  // Rounding of a reduced coordinate to single precision displaces a particle by at most 2⁻²⁵ of an edge.
  const double margin = 1e-6 * (box.lx() + box.ly() + box.lz() + norm(box.cartesian({1, 1, 1})));
  const auto count = index(std::lround(std::sqrt(static_cast<double>(reach.size()))));
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t lane = 0; lane < 16; ++lane)
      if (lane % 4 < count)
        reach2_[a][lane] = static_cast<float>(std::pow(reach[count * a + lane % 4] + margin, 2));
}

void NearPairSearch::sort_into_cells(const Vectors& positions, const std::vector<int>& classes) {
  const std::size_t n = positions.size();
  std::vector<std::int32_t> cells(n);
  Vectors reduced(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Vec3 s = box_.fractional(positions[i]);
    reduced[i] = s - Vec3{std::floor(s.x + 0.5), std::floor(s.y + 0.5), std::floor(s.z + 0.5)};
    cells[i] = static_cast<std::int32_t>(grid_.locate(reduced[i]));
  }
  grid_.sort(cells, starts_, ids_);
  for (auto& coordinate : reduced_) coordinate.resize(n + kSlack);
  classes_.resize(n + kSlack), near_.resize(n + kSlack), positions_.resize(n);
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t i = ids_[k];
    reduced_[0][k] = static_cast<float>(reduced[i].x);
    reduced_[1][k] = static_cast<float>(reduced[i].y);
    reduced_[2][k] = static_cast<float>(reduced[i].z);
    classes_[k] = classes[i], positions_[k] = positions[i];
  }
}

void NearPairSearch::add(std::int64_t cell) {
  const Range range{starts_[index(cell)], starts_[index(cell) + 1]};
  if (ranges_.back().end == range.begin)
    ranges_.back().end = range.end;
  else
    ranges_.push_back(range);
}

/// Those of the 26 cells around one that have not had it as a neighbour.
void NearPairSearch::add_half_of_neighbors(std::int64_t own) {
  const Around around(grid_, own);
  for (int dz = 0; dz <= around.reach[2]; ++dz)
    for (int dy = dz > 0 ? -around.reach[1] : 0; dy <= around.reach[1]; ++dy)
      for (int dx = dz > 0 || dy > 0 ? -around.reach[0] : 1; dx <= around.reach[0]; ++dx)
        add(around(dx, dy, dz));
}

/// All of the 26 cells around one, behind two ranges that its own has.
void NearPairSearch::add_neighbors(std::int64_t own) {
  const Around around(grid_, own);
  ranges_.push_back({-1, -1});  // nothing is joined to those two
  for (int dz = -around.reach[2]; dz <= around.reach[2]; ++dz)
    for (int dy = -around.reach[1]; dy <= around.reach[1]; ++dy)
      for (int dx = -around.reach[0]; dx <= around.reach[0]; ++dx)
        if (dx != 0 || dy != 0 || dz != 0) add(around(dx, dy, dz));
  ranges_.erase(ranges_.begin() + 2);
}

/// Found in single precision from reduced coordinates, to be measured: how many of near_ are filled.
std::int64_t NearPairSearch::candidates(std::int64_t k) {
  return kernels_->near(
      {reduced_[0].data(),
       reduced_[1].data(),
       reduced_[2].data(),
       classes_.data(),
       k,
       ranges_.data(),
       static_cast<std::int64_t>(ranges_.size()),
       {static_cast<float>(box_.lx()), static_cast<float>(box_.ly()), static_cast<float>(box_.lz())},
       static_cast<float>(box_.xy()),
       static_cast<float>(box_.xz()),
       static_cast<float>(box_.yz()),
       reach2_[index(classes_[index(k)])].data(),
       near_.data()});
}

std::vector<int> NearPairSearch::sorted_places() const {
  std::vector<int> order(found_.size()), keys(found_.size());
  std::iota(order.begin(), order.end(), 0);
  for (int NearPair::*const member : {&NearPair::j, &NearPair::i}) {
    std::transform(found_.begin(), found_.end(), keys.begin(),
                   [&](const NearPair& pair) { return pair.*member; });
    order = sorted_by(keys, order, ids_.size());
  }
  return order;
}

namespace {

void check_within(const Box& box, const Vectors& positions, double cutoff) {
  if (!(cutoff > 0 && std::isfinite(cutoff)))
    throw InvalidArgument("cutoff must be positive and finite, got " + std::to_string(cutoff));
  require_valid_positions(box, positions);
  const auto n = static_cast<double>(positions.size());
  const double pairs = 2 * std::numbers::pi / 3 * std::pow(cutoff, 3) * n * n / box.volume();
  if (pairs > kMostPairs) {
    std::ostringstream message;
    message << "cutoff " << cutoff << " would find some " << pairs << " pairs, at most " << kMostPairs
            << " fit: use a shorter one";
    throw InvalidArgument(message.str());
  }
}

/// Lattice vectors that may bring nearest images closer than the cutoff, each once.
Vectors near_lattice(const Box& box, double cutoff) {
  const Vec3 width = box.plane_distances();
  const auto reach = [&](double distance) {
    return static_cast<int>(std::floor(cutoff / distance + 0.5 + 1e-9));
  };
  const int nx = reach(width.x), ny = reach(width.y), nz = reach(width.z);
  Vectors out;
  for (int z = -nz; z <= nz; ++z)
    for (int y = -ny; y <= ny; ++y)
      for (int x = -nx; x <= nx; ++x) out.push_back(box.cartesian({double(x), double(y), double(z)}));
  return out;
}

/// In a box so narrow that several images of a particle count.
std::vector<NearPair> pairs_of_images(const Box& box, const Vectors& positions, double cutoff) {
  const Vectors lattice = near_lattice(box, cutoff);
  const std::size_t middle =
      lattice.size() / 2;  // no displacement: the vectors behind it are minus those before
  std::vector<NearPair> found;
  for (std::size_t i = 0; i < positions.size(); ++i)
    for (std::size_t j = i; j < positions.size(); ++j) {
      const Vec3 nearest = box.minimum_image(positions[j] - positions[i]);
      for (std::size_t k = i == j ? middle + 1 : 0; k < lattice.size(); ++k)
        if (const Vec3 d = nearest + lattice[k]; dot(d, d) < cutoff * cutoff)
          found.push_back({static_cast<int>(i), static_cast<int>(j), d, dot(d, d)});
    }
  return found;
}

}  // namespace

std::vector<NearPair> pairs_within(const Box& box, const Vectors& positions, double cutoff) {
  check_within(box, positions, cutoff);
  if (positions.empty()) return {};
  const Vec3 width = box.plane_distances();
  if (std::min({width.x, width.y, width.z}) < 2 * cutoff) return pairs_of_images(box, positions, cutoff);
  NearPairSearch search(box, positions, std::vector<int>(positions.size()), {cutoff});
  search.find([&](std::size_t, std::size_t, double r2) { return r2 < cutoff * cutoff; });
  std::vector<NearPair> pairs;
  pairs.reserve(search.count());
  search.for_sorted([&](const NearPair& pair) { pairs.push_back(pair); });
  return pairs;
}

}  // namespace pssglass
