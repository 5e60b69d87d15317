// Eight floats in AVX2 registers, and positions as 32-bit fractions of the box: the pair loop in mixed
// precision. Included by vectors_avx2.h and vectors_avx512.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#define PSSGLASS_INLINE static inline __attribute__((always_inline))

namespace pssglass {
namespace {

struct Single {
  static constexpr int lanes = 8;
  using Real = __m256;
  using Mask = __m256;
  using Row = __m256;
  using Int = __m256i;

  PSSGLASS_INLINE Real set(double a) { return _mm256_set1_ps(static_cast<float>(a)); }
  PSSGLASS_INLINE Real fma(Real a, Real b, Real c) { return _mm256_fmadd_ps(a, b, c); }
  PSSGLASS_INLINE Real fms(Real a, Real b, Real c) { return _mm256_fmsub_ps(a, b, c); }
  PSSGLASS_INLINE Real min(Real a, Real b) { return _mm256_min_ps(a, b); }
  PSSGLASS_INLINE Real max(Real a, Real b) { return _mm256_max_ps(a, b); }
  PSSGLASS_INLINE Real sqrt(Real a) { return _mm256_sqrt_ps(a); }
  PSSGLASS_INLINE Real abs(Real a) { return _mm256_andnot_ps(set(-0.0), a); }
  PSSGLASS_INLINE Mask less(Real a, Real b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return _mm256_cmp_ps(a, b, _CMP_GE_OQ); }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) { return _mm256_blendv_ps(b, a, m); }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) { return _mm256_and_ps(m, a * b); }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) { return _mm256_and_ps(m, fma(a, b, c)); }

  PSSGLASS_INLINE Row row(const float* p) { return _mm256_load_ps(p); }
  PSSGLASS_INLINE Real lookup(Row r, Int tag) { return _mm256_permutevar8x32_ps(r, tag); }

  /// Eight records of fractions, transposed.
  PSSGLASS_INLINE void load_records(const std::int32_t* base, const std::int32_t* at, Int& x, Int& y, Int& z,
                                    Int& t) {
    const Int a = pair(base + at[0], base + at[4]), b = pair(base + at[1], base + at[5]);
    const Int c = pair(base + at[2], base + at[6]), d = pair(base + at[3], base + at[7]);
    const Int ab = _mm256_unpacklo_epi32(a, b), cd = _mm256_unpacklo_epi32(c, d);
    const Int ab2 = _mm256_unpackhi_epi32(a, b), cd2 = _mm256_unpackhi_epi32(c, d);
    x = _mm256_unpacklo_epi64(ab, cd);
    y = _mm256_unpackhi_epi64(ab, cd);
    z = _mm256_unpacklo_epi64(ab2, cd2);
    t = _mm256_unpackhi_epi64(ab2, cd2);
  }
  PSSGLASS_INLINE Real as_real(Int a) { return _mm256_castsi256_ps(a); }
  /// Six numbers from base + at on, for each lane with an `at` of its own; base and at are aligned to eight.
  PSSGLASS_INLINE void load_rows(const float* base, Real at, Real& a, Real& b, Real& c, Real& d, Real& e,
                                 Real& f) {
    alignas(32) std::int32_t offsets[lanes];
    _mm256_store_si256(reinterpret_cast<Int*>(offsets), _mm256_cvttps_epi32(at));
    Int columns[8];
    for (int k = 0; k < 8; k += 4)
      load_records(reinterpret_cast<const std::int32_t*>(base) + k, offsets, columns[k], columns[k + 1],
                   columns[k + 2], columns[k + 3]);
    a = _mm256_castsi256_ps(columns[0]);
    b = _mm256_castsi256_ps(columns[1]);
    c = _mm256_castsi256_ps(columns[2]);
    d = _mm256_castsi256_ps(columns[3]);
    e = _mm256_castsi256_ps(columns[4]);
    f = _mm256_castsi256_ps(columns[5]);
  }
  /// a − b of fractions: the integer wraps around as the box does.
  PSSGLASS_INLINE Real difference(Int a, Int b) { return _mm256_cvtepi32_ps(_mm256_sub_epi32(a, b)); }

  /// Vectors times `scale` as records of doubles.
  PSSGLASS_INLINE void store_records(double* base, const std::int32_t* at, Real x, Real y, Real z,
                                     double scale) {
    store_half(base, at, _mm256_castps256_ps128(x), _mm256_castps256_ps128(y), _mm256_castps256_ps128(z),
               scale);
    store_half(base, at + 4, _mm256_extractf128_ps(x, 1), _mm256_extractf128_ps(y, 1),
               _mm256_extractf128_ps(z, 1), scale);
  }

 private:
  PSSGLASS_INLINE Int pair(const std::int32_t* low, const std::int32_t* high) {
    const __m128i first = _mm_load_si128(reinterpret_cast<const __m128i*>(low));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(first),
                                   _mm_load_si128(reinterpret_cast<const __m128i*>(high)), 1);
  }
  PSSGLASS_INLINE void store_half(double* base, const std::int32_t* at, __m128 x, __m128 y, __m128 z,
                                  double scale) {
    const __m256d factor = _mm256_set1_pd(scale), zero = _mm256_setzero_pd();
    const __m256d a = _mm256_cvtps_pd(x) * factor, b = _mm256_cvtps_pd(y) * factor,
                  c = _mm256_cvtps_pd(z) * factor;
    const __m256d ab = _mm256_unpacklo_pd(a, b), ab2 = _mm256_unpackhi_pd(a, b);
    const __m256d c0 = _mm256_unpacklo_pd(c, zero), c02 = _mm256_unpackhi_pd(c, zero);
    _mm256_store_pd(base + at[0], _mm256_permute2f128_pd(ab, c0, 0x20));
    _mm256_store_pd(base + at[1], _mm256_permute2f128_pd(ab2, c02, 0x20));
    _mm256_store_pd(base + at[2], _mm256_permute2f128_pd(ab, c0, 0x31));
    _mm256_store_pd(base + at[3], _mm256_permute2f128_pd(ab2, c02, 0x31));
  }
};

}  // namespace
}  // namespace pssglass
