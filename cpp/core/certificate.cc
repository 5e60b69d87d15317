#include "certificate.h"

#include <algorithm>

#include "cholesky.h"
#include "modes.h"

namespace pssglass {
namespace {

/// The eigenvalues themselves need few digits: their signs are what matters.
constexpr double kTolerance = 1e-6;
/// Eigenvalues below this fraction of the largest stiffness are zero; soft modes lie orders above it.
constexpr double kZero = 1e-9;

double largest_stiffness(const Hessian& hessian) {
  double largest = 0;
  for (double value : hessian.values()) largest = std::max(largest, std::abs(value));
  return largest;
}

/// Lowest eigenvalues of an indefinite Hessian: those nearest to a shift that makes it positive definite.
Vector indefinite_eigenvalues(const Hessian& hessian, int count, double stiffness) {
  CholeskyFactor shifted(nullptr, CholeskyFactor::kUnpinned);
  double shift = 1e-6 * stiffness;
  while (!shifted.factorize(hessian, shift)) shift *= 10;
  return lowest_modes(hessian, shifted, count, kTolerance).eigenvalues;
}

}  // namespace

Certificate certify(const Hessian& hessian, const CholeskyFactor* factor) {
  const int count = static_cast<int>(std::min<std::size_t>(factor ? 4 : 16, 3 * hessian.particles() - 4));
  const double stiffness = largest_stiffness(hessian);
  Certificate out;
  out.lowest_eigenvalues = factor ? lowest_modes(hessian, *factor, count, kTolerance).eigenvalues
                                  : indefinite_eigenvalues(hessian, count, stiffness);
  const auto zero = kZero * stiffness;
  out.negative_eigenvalues = static_cast<int>((out.lowest_eigenvalues.array() < -zero).count());
  out.zero_modes = 3 + static_cast<int>((out.lowest_eigenvalues.array().abs() <= zero).count());
  out.positive = factor && out.negative_eigenvalues == 0 && out.zero_modes == 3;
  return out;
}

}  // namespace pssglass
