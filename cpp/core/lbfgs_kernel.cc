#include "lbfgs_kernel.h"

#include <algorithm>

#include "dispatch.h"
#include "lanes.h"

namespace pssglass {
namespace {

/// Rows of all columns that stay in the first-level cache.
constexpr std::size_t kChunk = 256;

template <int native>
using Octet = Lanes<native, kLbfgsLanes>;

template <int native>
PSSGLASS_INLINE const Octet<native>& at(const double* p) {
  return *reinterpret_cast<const Octet<native>*>(p);
}

template <int native>
PSSGLASS_INLINE LbfgsProducts remember_by(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot) {
  using V = Octet<native>;
  double* const __restrict s = columns.step(slot), * const __restrict y = columns.change(slot);
  double* const __restrict f = columns.force();
  std::array<std::array<V, 3>, 2 * kLbfgsMemory> sums{};
  for (std::size_t begin = 0; begin < columns.rows; begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, columns.rows), filled = std::min(end, columns.size);
    for (std::size_t k = begin; k < filled; ++k) {
      s[k] = move.to[k] - move.from[k];
      y[k] = move.force_from[k] - move.force_to[k];
      f[k] = move.force_to[k];
    }
    for (std::size_t pair = 0; pair < kLbfgsMemory; ++pair) {
      const double *const step = columns.step(pair), *const change = columns.change(pair);
      auto &with_step = sums[pair], &with_change = sums[kLbfgsMemory + pair];
      V ss = with_step[0], sy = with_step[1], sf = with_step[2];
      V ys = with_change[0], yy = with_change[1], yf = with_change[2];
      for (std::size_t k = begin; k < end; k += kLbfgsLanes) {
        const V a = at<native>(step + k), b = at<native>(change + k);
        ss += a * at<native>(s + k), sy += a * at<native>(y + k), sf += a * at<native>(f + k);
        ys += b * at<native>(s + k), yy += b * at<native>(y + k), yf += b * at<native>(f + k);
      }
      with_step = {ss, sy, sf}, with_change = {ys, yy, yf};
    }
  }
  LbfgsProducts out;
  for (std::size_t column = 0; column < out.size(); ++column)
    for (std::size_t k = 0; k < 3; ++k) out[column][k] = sum(sums[column][k]);
  return out;
}

template <int native>
PSSGLASS_INLINE void combine_by(LbfgsColumns& columns, double scale,
                                const std::array<double, 2 * kLbfgsMemory>& coefficients, double* out) {
  const double* const f = columns.force();
  for (std::size_t k = 0; k < columns.rows; k += kLbfgsLanes) {
    Octet<native> sum = scale * at<native>(f + k);
    for (std::size_t column = 0; column < coefficients.size(); ++column)
      sum += coefficients[column] * at<native>(columns.step(column) + k);
    *reinterpret_cast<Octet<native>*>(out + k) = sum;
  }
}

#if defined(__x86_64__)
[[gnu::target("avx512f,avx512vl,avx512dq,fma")]] LbfgsProducts remember_avx512(LbfgsColumns& columns,
                                                                               const LbfgsMove& move,
                                                                               std::size_t slot) {
  return remember_by<8>(columns, move, slot);
}
[[gnu::target("avx2,fma")]] LbfgsProducts remember_avx2(LbfgsColumns& columns, const LbfgsMove& move,
                                                        std::size_t slot) {
  return remember_by<4>(columns, move, slot);
}
[[gnu::target("avx512f,avx512vl,avx512dq,fma")]] void combine_avx512(
    LbfgsColumns& columns, double scale, const std::array<double, 2 * kLbfgsMemory>& coefficients,
    double* out) {
  combine_by<8>(columns, scale, coefficients, out);
}
[[gnu::target("avx2,fma")]] void combine_avx2(LbfgsColumns& columns, double scale,
                                              const std::array<double, 2 * kLbfgsMemory>& coefficients,
                                              double* out) {
  combine_by<4>(columns, scale, coefficients, out);
}
#endif

}  // namespace

LbfgsProducts remember(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot) {
#if defined(__x86_64__)
  static const Simd simd = default_simd();
  if (simd == Simd::avx512) return remember_avx512(columns, move, slot);
  if (simd == Simd::avx2) return remember_avx2(columns, move, slot);
#endif
  return remember_by<2>(columns, move, slot);
}

void combine(LbfgsColumns& columns, double scale, const std::array<double, 2 * kLbfgsMemory>& coefficients,
             double* out) {
#if defined(__x86_64__)
  static const Simd simd = default_simd();
  if (simd == Simd::avx512) return combine_avx512(columns, scale, coefficients, out);
  if (simd == Simd::avx2) return combine_avx2(columns, scale, coefficients, out);
#endif
  combine_by<2>(columns, scale, coefficients, out);
}

}  // namespace pssglass
