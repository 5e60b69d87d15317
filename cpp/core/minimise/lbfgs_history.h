// What L-BFGS remembers of a descent, whatever it descends.
#pragma once

#include "base/columns.h"
#include "minimise/lbfgs_kernel.h"

namespace pssglass {

/// The last few steps s and force changes y, and the inverse Hessian that they imply. The two-loop recursion
/// runs on coefficients, with the inner products of the stored vectors at hand, so that the long vectors are
/// read only twice.
class LbfgsHistory {
 public:
  explicit LbfgsHistory(std::size_t components) : columns_(components), direction_(columns_.rows) {}

  void clear() { count_ = 0; }
  bool empty() const { return count_ == 0; }

  /// Keeps the step if the surface curves upward along it.
  void add(const LbfgsMove& move);

  /// Approximate inverse Hessian times the forces at the end of the last step, as scale·force +
  /// Σ coefficients·vectors.
  Eigen::Map<const Vector> direction();

 private:
  static constexpr std::size_t kMemory = kLbfgsMemory;
  using Coefficients = LbfgsCoefficients;

  std::size_t slot(std::size_t age) const { return (newest_ + kMemory - age) % kMemory; }

  LbfgsColumns columns_;
  AlignedVector<double> direction_;
  std::array<Coefficients, 2 * kMemory> products_{};  // of the stored steps, then force changes
  Coefficients overlaps_{};                           // with the last forces
  std::size_t newest_ = 0, count_ = 0;
};

}  // namespace pssglass
