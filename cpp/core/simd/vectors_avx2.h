// AVX2 with FMA: 4 doubles or 8 floats. Included by kernel_avx2.cc alone.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/vectors_single.h"

namespace pssglass {
namespace {

/// For each mask of eight lanes, the lanes that are set, first to last, four bits each.
struct Compression {
  std::uint32_t lanes[256];
  constexpr Compression() : lanes{} {
    for (unsigned mask = 0; mask < 256; ++mask) {
      unsigned place = 0;
      for (unsigned lane = 0; lane < 8; ++lane)
        if (mask >> lane & 1) lanes[mask] |= lane << (4 * place++);
    }
  }
};
constexpr Compression kCompression;

struct Avx2 {
  static constexpr const char* name = "avx2";
  static constexpr int lanes = 4, wide = 8;
  using Real = __m256d;
  using Mask = __m256d;
  using Row = __m256;
  using Word = __m256i;
  using Float = __m256;
  using Int = __m256i;

  PSSGLASS_INLINE Real set(double a) { return _mm256_set1_pd(a); }
  PSSGLASS_INLINE Real load(const double* p) { return _mm256_loadu_pd(p); }
  PSSGLASS_INLINE void store(double* p, Real a) { _mm256_storeu_pd(p, a); }
  PSSGLASS_INLINE Real fma(Real a, Real b, Real c) { return _mm256_fmadd_pd(a, b, c); }
  PSSGLASS_INLINE Real fms(Real a, Real b, Real c) { return _mm256_fmsub_pd(a, b, c); }
  PSSGLASS_INLINE Real sqrt(Real a) { return _mm256_sqrt_pd(a); }
  PSSGLASS_INLINE Real round(Real a) {
    return _mm256_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  PSSGLASS_INLINE Real max(Real a, Real b) { return _mm256_max_pd(a, b); }
  PSSGLASS_INLINE Real abs(Real a) { return _mm256_andnot_pd(set(-0.0), a); }
  PSSGLASS_INLINE Real min(Real a, Real b) { return _mm256_min_pd(a, b); }
  PSSGLASS_INLINE Mask less(Real a, Real b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return _mm256_cmp_pd(a, b, _CMP_GE_OQ); }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) { return _mm256_blendv_pd(b, a, m); }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) { return _mm256_and_pd(m, a * b); }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) { return _mm256_and_pd(m, fma(a, b, c)); }
  PSSGLASS_INLINE double sum(Real a) { return (a[0] + a[1]) + (a[2] + a[3]); }

  PSSGLASS_INLINE Row row(const double* p) { return _mm256_castpd_ps(_mm256_load_pd(p)); }
  /// The entry of the row that the species in each tag selects.
  PSSGLASS_INLINE Real lookup(Row r, Real tag) {
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(r, _mm256_castpd_si256(tag)));
  }

  /// Four records, transposed.
  PSSGLASS_INLINE void load_records(const double* base, const std::int32_t* at, Real& x, Real& y, Real& z,
                                    Real& t) {
    const Real xy = pair(base + at[0], base + at[2]), xy2 = pair(base + at[1], base + at[3]);
    const Real zt = pair(base + at[0] + 2, base + at[2] + 2), zt2 = pair(base + at[1] + 2, base + at[3] + 2);
    x = _mm256_unpacklo_pd(xy, xy2);
    y = _mm256_unpackhi_pd(xy, xy2);
    z = _mm256_unpacklo_pd(zt, zt2);
    t = _mm256_unpackhi_pd(zt, zt2);
  }
  PSSGLASS_INLINE void store_records(double* base, const std::int32_t* at, Real x, Real y, Real z) {
    const Real zero = _mm256_setzero_pd();
    const Real xy = _mm256_unpacklo_pd(x, y), xy2 = _mm256_unpackhi_pd(x, y);
    const Real zt = _mm256_unpacklo_pd(z, zero), zt2 = _mm256_unpackhi_pd(z, zero);
    _mm256_store_pd(base + at[0], _mm256_permute2f128_pd(xy, zt, 0x20));
    _mm256_store_pd(base + at[1], _mm256_permute2f128_pd(xy2, zt2, 0x20));
    _mm256_store_pd(base + at[2], _mm256_permute2f128_pd(xy, zt, 0x31));
    _mm256_store_pd(base + at[3], _mm256_permute2f128_pd(xy2, zt2, 0x31));
  }
  /// Six numbers from base + at on, for each lane with an `at` of its own; base and at are aligned to eight.
  PSSGLASS_INLINE void load_rows(const double* base, Real at, Real& a, Real& b, Real& c, Real& d, Real& e,
                                 Real& f) {
    Real unused, none;
    alignas(16) std::int32_t offsets[lanes];
    _mm_store_si128(reinterpret_cast<__m128i*>(offsets), _mm256_cvttpd_epi32(at));
    load_records(base, offsets, a, b, c, d);
    load_records(base + 4, offsets, e, f, unused, none);
  }
  /// Squared distances between as many consecutive records, in some order.
  PSSGLASS_INLINE Real distances2(const double* a, const double* b) {
    const auto squares = [&](int k) {
      const Real d = load(a + k) - load(b + k);
      return d * d;
    };
    const auto sums = [](Real one, Real other) {
      return _mm256_unpacklo_pd(one, other) + _mm256_unpackhi_pd(one, other);
    };
    const Real low = sums(squares(0), squares(4)), high = sums(squares(8), squares(12));
    return _mm256_permute2f128_pd(low, high, 0x20) + _mm256_permute2f128_pd(low, high, 0x31);
  }
  /// Of each lane base[at].
  PSSGLASS_INLINE Real pick(const double* base, const std::int32_t* at) {
    return Real{base[at[0]], base[at[1]], base[at[2]], base[at[3]]};
  }
  PSSGLASS_INLINE unsigned mask_bits(Mask m) { return static_cast<unsigned>(_mm256_movemask_pd(m)); }
  /// Particle of each lane of load_records.
  static constexpr int order[lanes] = {0, 1, 2, 3};

  // 64-bit words for random bits.
  PSSGLASS_INLINE Word word(std::uint64_t a) { return _mm256_set1_epi64x(static_cast<long long>(a)); }
  PSSGLASS_INLINE Word widen(const std::uint32_t* p) {
    return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  PSSGLASS_INLINE Word mul32(Word a, Word b) { return _mm256_mul_epu32(a, b); }
  PSSGLASS_INLINE Word add(Word a, Word b) { return _mm256_add_epi64(a, b); }
  PSSGLASS_INLINE Word bit_and(Word a, Word b) { return _mm256_and_si256(a, b); }
  PSSGLASS_INLINE Word bit_or(Word a, Word b) { return _mm256_or_si256(a, b); }
  PSSGLASS_INLINE Word bit_xor(Word a, Word b) { return _mm256_xor_si256(a, b); }
  template <int n>
  PSSGLASS_INLINE Word right(Word a) {
    return _mm256_srli_epi64(a, n);
  }
  template <int n>
  PSSGLASS_INLINE Word left(Word a) {
    return _mm256_slli_epi64(a, n);
  }
  PSSGLASS_INLINE Real as_real(Word a) { return _mm256_castsi256_pd(a); }
  PSSGLASS_INLINE Word as_word(Real a) { return _mm256_castpd_si256(a); }

  // Floats for the distance tests of list building.
  PSSGLASS_INLINE Float fset(float a) { return _mm256_set1_ps(a); }
  PSSGLASS_INLINE Float fload(const float* p) { return _mm256_loadu_ps(p); }
  PSSGLASS_INLINE void fstore(float* p, Float a) { _mm256_storeu_ps(p, a); }
  PSSGLASS_INLINE Float ffma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  PSSGLASS_INLINE Float fmax(Float a, Float b) { return _mm256_max_ps(a, b); }
  PSSGLASS_INLINE Int iset(std::int32_t a) { return _mm256_set1_epi32(a); }
  PSSGLASS_INLINE Int iload(const std::int32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  /// a, a + 4, a + 8, ...: record offsets of consecutive particles.
  PSSGLASS_INLINE Int offsets_from(std::int32_t a) {
    return _mm256_add_epi32(iset(a), _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
  }
  PSSGLASS_INLINE Int iadd(Int a, Int b) { return _mm256_add_epi32(a, b); }
  /// Without the two lowest bits.
  PSSGLASS_INLINE Int drop_class(Int a) { return _mm256_and_si256(a, iset(~3)); }
  /// r[index modulo 4], where r repeats every 4 up to 16.
  PSSGLASS_INLINE Float flookup(const float* r, Int index) {
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(r), index);
  }
  PSSGLASS_INLINE void istore(std::int32_t* p, Int a) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a);
  }
  /// Lanes where a < b and i < j, as bits.
  PSSGLASS_INLINE unsigned below(Float a, Float b, Int i, Int j) {
    return bits(
        _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_LT_OQ), _mm256_castsi256_ps(_mm256_cmpgt_epi32(j, i))));
  }
  /// Lanes where a < b and i ≠ j, as bits.
  PSSGLASS_INLINE unsigned below_unless(Float a, Float b, Int i, Int j) {
    return bits(
        _mm256_andnot_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(i, j)), _mm256_cmp_ps(a, b, _CMP_LT_OQ)));
  }
  PSSGLASS_INLINE void compress(float* p, Float a, unsigned kept) {
    _mm256_storeu_ps(p, _mm256_permutevar8x32_ps(a, lanes_of(kept)));
  }
  PSSGLASS_INLINE void compress(double* p, Real a, unsigned kept) {
    // Both halves of every double.
    const unsigned twice = (kept & 1) * 3 | (kept >> 1 & 1) * 12 | (kept >> 2 & 1) * 48 | (kept >> 3) * 192;
    _mm256_storeu_pd(p, _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(a), lanes_of(twice))));
  }
  PSSGLASS_INLINE void compress(std::int32_t* p, Int a, unsigned kept) {
    istore(p, _mm256_permutevar8x32_epi32(a, lanes_of(kept)));
  }

  /// out[stride m + k] = rows[k][first + m] for m, k < 4.
  PSSGLASS_INLINE void transpose(const std::int32_t* const* rows, std::int32_t first, std::int32_t* out,
                                 int stride) {
    const auto load4 = [&](int k) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[k] + first));
    };
    const auto store4 = [&](int m, __m128i a) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + m * stride), a);
    };
    const __m128i a = load4(0), b = load4(1), c = load4(2), d = load4(3);
    const __m128i ab = _mm_unpacklo_epi32(a, b), ab2 = _mm_unpackhi_epi32(a, b);
    const __m128i cd = _mm_unpacklo_epi32(c, d), cd2 = _mm_unpackhi_epi32(c, d);
    store4(0, _mm_unpacklo_epi64(ab, cd));
    store4(1, _mm_unpackhi_epi64(ab, cd));
    store4(2, _mm_unpacklo_epi64(ab2, cd2));
    store4(3, _mm_unpackhi_epi64(ab2, cd2));
  }

 private:
  PSSGLASS_INLINE Real pair(const double* low, const double* high) {
    return _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_load_pd(low)), _mm_load_pd(high), 1);
  }
  PSSGLASS_INLINE unsigned bits(Float m) { return static_cast<unsigned>(_mm256_movemask_ps(m)); }
  // The permutation reads the lowest three bits of each lane.
  PSSGLASS_INLINE Int lanes_of(unsigned mask) {
    return _mm256_srlv_epi32(iset(static_cast<std::int32_t>(kCompression.lanes[mask])),
                             _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28));
  }
};

}  // namespace
}  // namespace pssglass
