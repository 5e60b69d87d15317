// The inner loops of L-BFGS, once for each instruction set, with the same results to the last bit.
#pragma once

#include <array>
#include <cstddef>

#include "base/aligned_memory.h"
#include "simd/dispatch.h"

namespace pssglass {

/// Pairs of a step and a force change that are remembered.
inline constexpr std::size_t kLbfgsMemory = 5;
/// Doubles that are handled together; columns are padded to a multiple of it, with zeros.
inline constexpr std::size_t kLbfgsLanes = 8;

/// Steps s, their force changes y and the latest forces f.
struct LbfgsColumns {
  explicit LbfgsColumns(std::size_t components)
      : size(components),
        rows((components + kLbfgsLanes - 1) / kLbfgsLanes * kLbfgsLanes),
        values((2 * kLbfgsMemory + 1) * rows, 0.0) {}

  double* step(std::size_t slot) { return values.data() + slot * rows; }
  double* change(std::size_t slot) { return step(kLbfgsMemory + slot); }
  double* force() { return step(2 * kLbfgsMemory); }
  const double* step(std::size_t slot) const { return values.data() + slot * rows; }
  const double* force() const { return step(2 * kLbfgsMemory); }

  std::size_t size, rows;
  AlignedVector<double> values;
};

/// Positions and forces at both ends of a step.
struct LbfgsMove {
  const double *from, *to, *force_from, *force_to;
};

/// Inner products of the newest s, the newest y and f, in this order, with every s and then every y.
using LbfgsProducts = std::array<std::array<double, 3>, 2 * kLbfgsMemory>;
/// One for every s and then for every y.
using LbfgsCoefficients = std::array<double, 2 * kLbfgsMemory>;

/// Stores the move's s and y in a slot, and its last forces.
LbfgsProducts remember(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot,
                       Simd simd = default_simd());

/// out = scale·f + Σ coefficients·(every s and then every y). `out` starts on a cache line and has as many
/// rows as the columns.
void combine(const LbfgsColumns& columns, double scale, const LbfgsCoefficients& coefficients, double* out,
             Simd simd = default_simd());

}  // namespace pssglass
