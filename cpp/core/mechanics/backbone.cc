#include "mechanics/backbone.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pssglass {
namespace {

/// Neighbours that a particle needs where all of them push: d + 1.
constexpr int kNeeded = 4;
/// The largest net force of balanced ones, and the floor of pair forces, in units of the mean load.
constexpr double kBalanced = 1e-3, kNegligible = 1e-6;
/// The floor of a particle's largest load, in units of the largest net force.
constexpr double kAboveRemainder = 100;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

double pair_force(const Pair& pair) { return std::abs(pair.slope) * std::sqrt(pair.r2); }

/// The force of a pair; at the bottom of a well, its energy over its length.
double load(const Pair& pair) {
  return std::max(pair_force(pair), std::abs(pair.energy) / std::sqrt(pair.r2));
}

double mean_load(const Pairs& pairs) {
  double sum = 0;
  for (const Pair& pair : pairs) sum += load(pair);
  return pairs.empty() ? 0 : sum / static_cast<double>(pairs.size());
}

/// How much a pair contributes to what its particles need.
int support(const Pair& pair, const ForceFloor& floor) {
  if (!(load(pair) > floor.pair)) return 0;
  return pair.energy < 0 || pair.slope > 0 ? kNeeded : 1;
}

/// Numbers of the pairs of each particle, as compressed rows.
struct PairsOf {
  std::vector<int> start, pairs;

  PairsOf(std::size_t particles, const Pairs& all) : start(particles + 1, 0), pairs(2 * all.size()) {
    for (const Pair& pair : all) ++start[index(pair.i) + 1], ++start[index(pair.j) + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<int> next(start.begin(), start.end() - 1);
    for (std::size_t p = 0; p < all.size(); ++p)
      for (const int i : {all[p].i, all[p].j}) pairs[index(next[index(i)]++)] = static_cast<int>(p);
  }
};

/// Takes `loose` particles away, and those that come loose thereby; returns all of them.
std::vector<int> taken_away(std::vector<int> loose, std::vector<int>& supports, const Pairs& pairs,
                            const ForceFloor& floor) {
  const PairsOf pairs_of(supports.size(), pairs);
  std::vector<char> gone(supports.size(), 0);
  for (const int i : loose) gone[index(i)] = 1;
  for (std::size_t next = 0; next < loose.size(); ++next) {
    const int i = loose[next];
    for (int k = pairs_of.start[index(i)]; k < pairs_of.start[index(i) + 1]; ++k) {
      const Pair& pair = pairs[index(pairs_of.pairs[index(k)])];
      const int j = pair.i == i ? pair.j : pair.i;
      supports[index(j)] -= support(pair, floor);
      if (gone[index(j)] || supports[index(j)] >= kNeeded) continue;
      gone[index(j)] = 1;
      loose.push_back(j);
    }
  }
  std::sort(loose.begin(), loose.end());
  return loose;
}

}  // namespace

bool bears_load(const Pairs& pairs, double max_force) { return max_force < kBalanced * mean_load(pairs); }

ForceFloor force_floor(const Pairs& pairs, double max_force) {
  if (!bears_load(pairs, max_force)) return {};
  return {kNegligible * mean_load(pairs), kAboveRemainder * max_force};
}

Backbone::Backbone(std::size_t particles, const Pairs& pairs, const ForceFloor& floor)
    : everyone_(particles) {
  std::vector<int> supports(particles, 0);
  std::vector<double> loads(particles, 0);
  for (const Pair& pair : pairs)
    for (const int i : {pair.i, pair.j}) {
      supports[index(i)] += support(pair, floor);
      loads[index(i)] = std::max(loads[index(i)], load(pair));
    }
  for (std::size_t i = 0; i < particles; ++i)
    if (supports[i] < kNeeded || loads[i] <= floor.particle) rattlers_.push_back(static_cast<int>(i));
  if (is_whole()) return;
  rattlers_ = taken_away(std::move(rattlers_), supports, pairs, floor);
  numbers_.resize(particles);
  auto rattler = rattlers_.begin();
  for (int i = 0, next = 0; i < static_cast<int>(particles); ++i)
    numbers_[index(i)] = rattler != rattlers_.end() && *rattler == i ? (++rattler, kRattler) : next++;
  loaded_ = floor.particle > 0 && std::any_of(rattlers_.begin(), rattlers_.end(),
                                              [&](int i) { return loads[index(i)] > floor.particle; });
}

Pairs Backbone::inner(const Pairs& pairs) const {
  Pairs out;
  out.reserve(pairs.size());
  for (const Pair& pair : pairs) {
    const int i = number(pair.i), j = number(pair.j);
    if (i == kRattler || j == kRattler) continue;
    out.push_back(pair);
    out.back().i = i;
    out.back().j = j;
  }
  return out;
}

Matrix Backbone::restricted(ConstMatrixView columns) const {
  if (is_whole()) return columns;
  Matrix out(static_cast<Eigen::Index>(3 * size()), columns.cols());
  for (std::size_t i = 0; i < everyone_; ++i)
    if (const Eigen::Index row = numbers_[i]; row != kRattler)
      out.middleRows<3>(3 * row) = columns.middleRows<3>(static_cast<Eigen::Index>(3 * i));
  return out;
}

Matrix Backbone::extended(ConstMatrixView columns) const {
  if (is_whole()) return columns;
  Matrix out = Matrix::Zero(static_cast<Eigen::Index>(3 * everyone_), columns.cols());
  for (std::size_t i = 0; i < everyone_; ++i)
    if (const Eigen::Index row = numbers_[i]; row != kRattler)
      out.middleRows<3>(static_cast<Eigen::Index>(3 * i)) = columns.middleRows<3>(3 * row);
  return out;
}

CsrPattern Backbone::extended(CsrPattern pattern) const {
  if (is_whole()) return pattern;
  std::vector<int> particles, indptr{0};
  for (int i = 0; i < static_cast<int>(everyone_); ++i) {
    const bool is_inside = number(i) != kRattler;
    for (std::size_t a = 0; a < 3; ++a)
      indptr.push_back(is_inside ? pattern.indptr[3 * particles.size() + a + 1] : indptr.back());
    if (is_inside) particles.push_back(i);
  }
  for (int& column : pattern.indices) column = 3 * particles[index(column / 3)] + column % 3;
  pattern.indptr = std::move(indptr);
  return pattern;
}

}  // namespace pssglass
