#include "pairs.h"

#include <algorithm>
#include <array>

#include "dispatch.h"

namespace pssglass {
namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

/// What kernels may read or write beyond the end of a row.
constexpr std::size_t kSlack = 16;

struct Candidate {
  int i, j;  // i < j
};

/// Finds candidates in single precision: reduced coordinates of cells at least one reach wide, or of one cell
/// where the box holds fewer than three.
class CellGrid {
 public:
  CellGrid(const System& system, double reach)
      : box_(system.box), reach_(reach), counts_(cell_counts(system.box, reach)) {
    const std::size_t n = system.size();
    std::vector<int> cell_of(n);
    std::vector<Vec3> reduced(n);
    start_.assign(index(counts_[0] * counts_[1] * counts_[2]) + 1, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const Vec3 s = system.box.fractional(system.positions[i]);
      reduced[i] = s - Vec3{std::floor(s.x), std::floor(s.y), std::floor(s.z)};
      ++start_[index(cell_of[i] = locate(reduced[i])) + 1];
    }
    for (std::size_t c = 1; c < start_.size(); ++c) start_[c] += start_[c - 1];
    members_.resize(n);
    auto next = start_;
    for (std::size_t i = 0; i < n; ++i) {
      const auto [x, y, z] = reduced[i];
      members_[index(next[index(cell_of[i])]++)] = {static_cast<float>(x), static_cast<float>(y),
                                                    static_cast<float>(z), static_cast<int>(i)};
    }
  }

  /// Every two particles closer than the reach, once, and few others.
  std::vector<Candidate> candidates() {
    std::vector<Candidate> found;
    found.reserve(10 * members_.size());
    for (int z = 0; z < counts_[2]; ++z)
      for (int y = 0; y < counts_[1]; ++y)
        for (int x = 0; x < counts_[0]; ++x) {
          const std::size_t own = gather(x, y, z);
          for (std::size_t k = 0; k < own; ++k) search(k, found);
        }
    return found;
  }

 private:
  struct Member {
    float x, y, z;
    int particle;
  };

  static std::array<int, 3> cell_counts(const Box& box, double width) {
    const Vec3 d = box.plane_distances();
    const auto fit = [&](double distance) {
      const int n = std::min(1024, static_cast<int>(distance / width));
      return n < 3 ? 1 : n;
    };
    return {fit(d.x), fit(d.y), fit(d.z)};
  }
  int cell(int x, int y, int z) const {
    const auto wrapped = [](int k, int n) { return k < 0 ? k + n : k < n ? k : k - n; };
    return wrapped(x, counts_[0]) +
           counts_[0] * (wrapped(y, counts_[1]) + counts_[1] * wrapped(z, counts_[2]));
  }
  int locate(const Vec3& s) const {
    const auto bin = [](double fraction, int n) { return std::min(n - 1, static_cast<int>(fraction * n)); };
    return cell(bin(s.x, counts_[0]), bin(s.y, counts_[1]), bin(s.z, counts_[2]));
  }

  /// Copies a cell and half of its neighbours, which the other half have among their own, into rows of
  /// coordinates; returns how many particles are the cell's own.
  std::size_t gather(int x, int y, int z) {
    x_.clear(), y_.clear(), z_.clear(), particles_.clear();
    const auto add = [&](int c) {
      for (int k = start_[index(c)]; k < start_[index(c) + 1]; ++k) {
        const Member& member = members_[index(k)];
        x_.push_back(member.x), y_.push_back(member.y), z_.push_back(member.z);
        particles_.push_back(member.particle);
      }
    };
    add(cell(x, y, z));
    const std::size_t own = particles_.size();
    const auto reach = [&](std::size_t axis) { return counts_[axis] > 1 ? 1 : 0; };
    for (int dz = 0; dz <= reach(2); ++dz)
      for (int dy = dz > 0 ? -reach(1) : 0; dy <= reach(1); ++dy)
        for (int dx = dz > 0 || dy > 0 ? -reach(0) : 1; dx <= reach(0); ++dx)
          add(cell(x + dx, y + dy, z + dz));
    for (auto* row : {&x_, &y_, &z_}) row->resize(particles_.size() + kSlack);
    near_.resize(particles_.size() + kSlack);
    return own;
  }

  /// Pairs of the k-th particle of the rows with those behind it.
  void search(std::size_t k, std::vector<Candidate>& found) {
    const auto size = static_cast<std::int64_t>(particles_.size());
    const auto reach2 = static_cast<float>(reach_ * reach_);
    NearTask task{x_.data(),
                  y_.data(),
                  z_.data(),
                  static_cast<std::int64_t>(k),
                  static_cast<std::int64_t>(k) + 1,
                  size,
                  {},
                  static_cast<float>(box_.xy()),
                  static_cast<float>(box_.xz()),
                  static_cast<float>(box_.yz()),
                  reach2,
                  near_.data()};
    const double edges[3] = {box_.lx(), box_.ly(), box_.lz()};
    for (int axis = 0; axis < 3; ++axis) task.edges[axis] = static_cast<float>(edges[axis]);
    const std::int64_t count = kernels_->near(task);
    const int own = particles_[k];
    for (std::int64_t m = 0; m < count; ++m) {
      const int other = particles_[index(near_[index(static_cast<int>(m))] / 4)];
      found.push_back({std::min(own, other), std::max(own, other)});
    }
  }

  Box box_;
  double reach_;
  std::array<int, 3> counts_;
  std::vector<int> start_;
  std::vector<Member> members_;  // in the order of cells
  // A cell and its neighbours; and what is near one of them.
  std::vector<float> x_, y_, z_;
  std::vector<int> particles_;
  std::vector<std::int32_t> near_;
  const Kernels* kernels_ = &kernels(default_simd());
};

/// One pass of a radix sort: ordered by key(candidate), a particle, and otherwise as before.
template <class Key>
std::vector<Candidate> sorted_by(Key&& key, const std::vector<Candidate>& from, std::size_t particles) {
  std::vector<std::size_t> next(particles + 1, 0);
  for (const Candidate& candidate : from) ++next[index(key(candidate)) + 1];
  for (std::size_t i = 0; i < particles; ++i) next[i + 1] += next[i];
  std::vector<Candidate> out(from.size());
  for (const Candidate& candidate : from) out[next[index(key(candidate))]++] = candidate;
  return out;
}

}  // namespace

std::vector<Pair> interacting_pairs(const System& system, const Potential& potential) {
  validate(system, potential);
  // Rounding of a reduced coordinate to single precision displaces a particle by at most 2⁻²⁵ of an edge.
  const Vec3 diagonal = system.box.cartesian({1, 1, 1});
  const double slack = 1e-6 * (norm(diagonal) + system.box.lx() + system.box.ly() + system.box.lz());
  std::vector<Candidate> near = CellGrid(system, potential.max_cutoff() + slack).candidates();
  near = sorted_by([](const Candidate& c) { return c.j; }, near, system.size());
  near = sorted_by([](const Candidate& c) { return c.i; }, near, system.size());
  std::vector<Pair> pairs;
  pairs.reserve(near.size());
  for (const auto [i, j] : near) {
    const auto first = index(i), second = index(j);
    const Vec3 d = system.box.minimum_image(system.positions[second] - system.positions[first]);
    const double r2 = dot(d, d);
    if (r2 < potential.type(system.species[first], system.species[second]).cutoff2)
      pairs.push_back({i, j, d, r2});
  }
  return pairs;
}

}  // namespace pssglass
