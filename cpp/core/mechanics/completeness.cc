#include "mechanics/completeness.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"

namespace pssglass {
namespace {

/// Eigenvalues closer than this are taken for equal; it grows up to the widest where round-off asks for it.
constexpr double kEqual = 1e-7, kWidestEqual = 1e-4;
constexpr Eigen::Index kWidestBlock = 32;
constexpr int kMostStarts = 50;
/// Random columns that one start may draw, far more than it does.
constexpr std::uint64_t kDraws = 1'000'000;

/// A value of M's spectrum, and the number of eigenvalues below it.
struct Counted {
  double value;
  Eigen::Index below;
};

/// Just below the group of equal eigenvalues of M that the count-th of 1/`inverse_values` belongs to.
double shift_below(const Vector& inverse_values, Eigen::Index count, double equal) {
  Eigen::Index first = count - 1;
  while (first > 0 && inverse_values[first - 1] <= inverse_values[first] * (1 + equal)) --first;
  return (1 - equal / 2) / inverse_values[first];
}

Counted count_below(const Eigenpairs& found, Eigen::Index count, double tolerance,
                    const SpectrumCount& below) {
  const double round_off =
      std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(found.vectors.rows()));
  for (double equal = std::max(kEqual, 4 * tolerance); equal <= std::max(kWidestEqual, 4 * tolerance);
       equal *= 10) {
    const double value = shift_below(found.values, count, equal);
    const Inertia inertia = below(value);
    if (round_off * inertia.largest < equal / 2 * value) return {value, inertia.negative};
  }
  throw NotConverged("the modes below a frequency of " +
                     std::to_string(1 / std::sqrt(found.values[count - 1])) +
                     " cannot be counted because of round-off, so some may be missing; ask for fewer modes");
}

Eigen::Index found_below(const Eigenpairs& found, double value) {
  return (found.values.array() * value > 1).count();
}

/// All pairs of both, largest first.
Eigenpairs merged(const Eigenpairs& a, const Eigenpairs& b) {
  Vector values(a.values.size() + b.values.size());
  values << a.values, b.values;
  Matrix vectors(a.vectors.rows(), values.size());
  vectors << a.vectors, b.vectors;
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return values[i] > values[j]; });
  return {values(order), vectors(Eigen::all, order), a.converged && b.converged};
}

}  // namespace

Eigenpairs complete(Eigenpairs found, const LinearOperator& inverse, Eigen::Index count, double tolerance,
                    const SpectrumCount& below) {
  Counted counted = count_below(found, count, tolerance, below);
  for (std::uint64_t start = 1; found_below(found, counted.value) != counted.below; ++start) {
    const Eigen::Index missing = counted.below - found_below(found, counted.value);
    const Eigen::Index others = found.vectors.rows() - 3 - found.vectors.cols();
    if (missing < 0 || missing > others || start > kMostStarts)
      throw NotConverged(std::to_string(counted.below) + " modes lie below a frequency of " +
                         std::to_string(std::sqrt(counted.value)) + ", but " +
                         std::to_string(found_below(found, counted.value)) +
                         " were found; ask for another number of modes or a smaller tolerance");
    const LanczosStart beginning{found.vectors, std::clamp<Eigen::Index>(missing, 8, kWidestBlock),
                                 start * kDraws};
    found = merged(found, largest_eigenpairs(inverse, found.vectors.rows(), std::min(missing, count),
                                             tolerance, beginning));
    if (found_below(found, counted.value) != counted.below)
      counted = count_below(found, count, tolerance, below);
  }
  found.values.conservativeResize(count);
  found.vectors.conservativeResize(Eigen::NoChange, count);
  return found;
}

}  // namespace pssglass
