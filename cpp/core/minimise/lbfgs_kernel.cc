#include "minimise/lbfgs_kernel.h"

#include <algorithm>

#include "simd/lanes.h"

namespace pssglass {
namespace {

/// Rows of all columns that stay in the first-level cache.
constexpr std::size_t kChunk = 256;

template <int native>
using Octet = Lanes<native, kLbfgsLanes>;

template <int native>
PSSGLASS_LANES const Octet<native>& at(const double* p) {
  return *reinterpret_cast<const Octet<native>*>(p);
}

PSSGLASS_LANES void subtract(const double* a, const double* b, std::size_t begin, std::size_t end,
                             double* __restrict out) {
  for (std::size_t k = begin; k < end; ++k) out[k] = a[k] - b[k];
}

template <int native>
PSSGLASS_LANES LbfgsProducts remember_by(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot) {
  using V = Octet<native>;
  double *const s = columns.step(slot), *const y = columns.change(slot), *const f = columns.force();
  std::array<std::array<V, 3>, 2 * kLbfgsMemory> sums{};
  for (std::size_t begin = 0; begin < columns.rows; begin += kChunk) {
    const std::size_t end = std::min(begin + kChunk, columns.rows), filled = std::min(end, columns.size);
    subtract(move.to, move.from, begin, filled, s);
    subtract(move.force_from, move.force_to, begin, filled, y);
    std::copy(move.force_to + begin, move.force_to + filled, f + begin);
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
PSSGLASS_LANES void combine_by(const LbfgsColumns& columns, double scale,
                               const LbfgsCoefficients& coefficients, double* out) {
  for (std::size_t k = 0; k < columns.rows; k += kLbfgsLanes) {
    Octet<native> row = scale * at<native>(columns.force() + k);
    for (std::size_t column = 0; column < coefficients.size(); ++column)
      row += coefficients[column] * at<native>(columns.step(column) + k);
    *reinterpret_cast<Octet<native>*>(out + k) = row;
  }
}

#if defined(__x86_64__)
#define PSSGLASS_AVX512 [[gnu::target("avx512f,avx512vl,avx512dq,fma")]]
#define PSSGLASS_AVX2 [[gnu::target("avx2,fma")]]
PSSGLASS_AVX512 LbfgsProducts remember_avx512(LbfgsColumns& columns, const LbfgsMove& move,
                                              std::size_t slot) {
  return remember_by<8>(columns, move, slot);
}
PSSGLASS_AVX2 LbfgsProducts remember_avx2(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot) {
  return remember_by<4>(columns, move, slot);
}
PSSGLASS_AVX512 void combine_avx512(const LbfgsColumns& columns, double scale,
                                    const LbfgsCoefficients& coefficients, double* out) {
  combine_by<8>(columns, scale, coefficients, out);
}
PSSGLASS_AVX2 void combine_avx2(const LbfgsColumns& columns, double scale,
                                const LbfgsCoefficients& coefficients, double* out) {
  combine_by<4>(columns, scale, coefficients, out);
}
#endif

}  // namespace

LbfgsProducts remember(LbfgsColumns& columns, const LbfgsMove& move, std::size_t slot,
                       [[maybe_unused]] Simd simd) {
#if defined(__x86_64__)
  if (simd == Simd::avx512) return remember_avx512(columns, move, slot);
  if (simd == Simd::avx2) return remember_avx2(columns, move, slot);
#endif
  return remember_by<2>(columns, move, slot);
}

void combine(const LbfgsColumns& columns, double scale, const LbfgsCoefficients& coefficients, double* out,
             [[maybe_unused]] Simd simd) {
#if defined(__x86_64__)
  if (simd == Simd::avx512) return combine_avx512(columns, scale, coefficients, out);
  if (simd == Simd::avx2) return combine_avx2(columns, scale, coefficients, out);
#endif
  combine_by<2>(columns, scale, coefficients, out);
}

}  // namespace pssglass
