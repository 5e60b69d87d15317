// AVX-512 (F, DQ, BW, VL): 8 doubles or 16 floats. Included by kernel_avx512.cc alone.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "simd/vectors_single.h"

namespace pssglass {
namespace {

struct Avx512 {
  static constexpr const char* name = "avx512";
  static constexpr int lanes = 8, wide = 16;
  using Real = __m512d;
  using Mask = __mmask8;
  using Row = __m512;
  using Word = __m512i;
  using Float = __m512;
  using Int = __m512i;

  PSSGLASS_INLINE Real set(double a) { return _mm512_set1_pd(a); }
  PSSGLASS_INLINE Real load(const double* p) { return _mm512_loadu_pd(p); }
  PSSGLASS_INLINE void store(double* p, Real a) { _mm512_storeu_pd(p, a); }
  PSSGLASS_INLINE Real fma(Real a, Real b, Real c) { return _mm512_fmadd_pd(a, b, c); }
  PSSGLASS_INLINE Real fms(Real a, Real b, Real c) { return _mm512_fmsub_pd(a, b, c); }
  PSSGLASS_INLINE Real sqrt(Real a) { return _mm512_sqrt_pd(a); }
  PSSGLASS_INLINE Real round(Real a) { return _mm512_roundscale_pd(a, 0); }
  PSSGLASS_INLINE Real max(Real a, Real b) { return _mm512_max_pd(a, b); }
  PSSGLASS_INLINE Real abs(Real a) { return _mm512_abs_pd(a); }
  PSSGLASS_INLINE Real min(Real a, Real b) { return _mm512_min_pd(a, b); }
  PSSGLASS_INLINE Mask less(Real a, Real b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) { return _mm512_mask_blend_pd(m, b, a); }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) { return _mm512_maskz_mul_pd(m, a, b); }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) { return _mm512_maskz_fmadd_pd(m, a, b, c); }
  PSSGLASS_INLINE double sum(Real a) { return _mm512_reduce_add_pd(a); }

  PSSGLASS_INLINE Row row(const double* p) { return _mm512_castpd_ps(_mm512_load_pd(p)); }
  /// The entry of the row that the species in each tag selects.
  PSSGLASS_INLINE Real lookup(Row r, Real tag) {
    return _mm512_castps_pd(_mm512_permutexvar_ps(_mm512_castpd_si512(tag), r));
  }

  /// Eight records, transposed. Lane order is 0 1 4 5 2 3 6 7, undone by store_records.
  PSSGLASS_INLINE void load_records(const double* base, const std::int32_t* at, Real& x, Real& y, Real& z,
                                    Real& t) {
    const Real a = pair(base + at[0], base + at[4]), b = pair(base + at[1], base + at[5]);
    const Real c = pair(base + at[2], base + at[6]), d = pair(base + at[3], base + at[7]);
    const Real ab = _mm512_unpacklo_pd(a, b), cd = _mm512_unpacklo_pd(c, d);
    const Real ab2 = _mm512_unpackhi_pd(a, b), cd2 = _mm512_unpackhi_pd(c, d);
    x = _mm512_shuffle_f64x2(ab, cd, 0x88);
    y = _mm512_shuffle_f64x2(ab2, cd2, 0x88);
    z = _mm512_shuffle_f64x2(ab, cd, 0xdd);
    t = _mm512_shuffle_f64x2(ab2, cd2, 0xdd);
  }
  PSSGLASS_INLINE void store_records(double* base, const std::int32_t* at, Real x, Real y, Real z) {
    const Real zero = _mm512_setzero_pd();
    const Real xy = _mm512_unpacklo_pd(x, y), xy2 = _mm512_unpackhi_pd(x, y);
    const Real zt = _mm512_unpacklo_pd(z, zero), zt2 = _mm512_unpackhi_pd(z, zero);
    const Word low = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const Word high = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    unpair(base + at[0], base + at[4], _mm512_permutex2var_pd(xy, low, zt));
    unpair(base + at[1], base + at[5], _mm512_permutex2var_pd(xy2, low, zt2));
    unpair(base + at[2], base + at[6], _mm512_permutex2var_pd(xy, high, zt));
    unpair(base + at[3], base + at[7], _mm512_permutex2var_pd(xy2, high, zt2));
  }
  /// Six numbers from base + at on, for each lane with an `at` of its own; base and at are aligned to eight.
  PSSGLASS_INLINE void load_rows(const double* base, Real at, Real& a, Real& b, Real& c, Real& d, Real& e,
                                 Real& f) {
    Real unused, none;
    alignas(32) std::int32_t offsets[lanes];
    const __m256i order_of_lanes = _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7);
    _mm256_store_si256(reinterpret_cast<__m256i*>(offsets),
                       _mm256_permutevar8x32_epi32(_mm512_cvttpd_epi32(at), order_of_lanes));
    load_records(base, offsets, a, b, c, d);
    load_records(base + 4, offsets, e, f, unused, none);
  }
  /// Squared distances between as many consecutive records, in some order.
  PSSGLASS_INLINE Real distances2(const double* a, const double* b) {
    const auto squares = [&](int k) {
      const Real d = load(a + k) - load(b + k);
      return d * d;
    };
    const auto sums = [](Real two, Real more) {
      return _mm512_unpacklo_pd(two, more) + _mm512_unpackhi_pd(two, more);
    };
    const Real low = sums(squares(0), squares(8)), high = sums(squares(16), squares(24));
    return _mm512_shuffle_f64x2(low, high, 0x88) + _mm512_shuffle_f64x2(low, high, 0xdd);
  }
  /// Of each lane base[at]: loads one by one, as gathering is slow where it is safe.
  PSSGLASS_INLINE Real pick(const double* base, const std::int32_t* at) {
    return Real{base[at[0]], base[at[1]], base[at[2]], base[at[3]],
                base[at[4]], base[at[5]], base[at[6]], base[at[7]]};
  }
  PSSGLASS_INLINE unsigned mask_bits(Mask m) { return m; }
  /// Particle of each lane of load_records.
  static constexpr int order[lanes] = {0, 1, 4, 5, 2, 3, 6, 7};

  // 64-bit words for random bits.
  PSSGLASS_INLINE Word word(std::uint64_t a) { return _mm512_set1_epi64(static_cast<long long>(a)); }
  PSSGLASS_INLINE Word widen(const std::uint32_t* p) {
    return _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  PSSGLASS_INLINE Word mul32(Word a, Word b) { return _mm512_mul_epu32(a, b); }
  PSSGLASS_INLINE Word add(Word a, Word b) { return _mm512_add_epi64(a, b); }
  PSSGLASS_INLINE Word bit_and(Word a, Word b) { return _mm512_and_si512(a, b); }
  PSSGLASS_INLINE Word bit_or(Word a, Word b) { return _mm512_or_si512(a, b); }
  PSSGLASS_INLINE Word bit_xor(Word a, Word b) { return _mm512_xor_si512(a, b); }
  template <int n>
  PSSGLASS_INLINE Word right(Word a) {
    return _mm512_srli_epi64(a, n);
  }
  template <int n>
  PSSGLASS_INLINE Word left(Word a) {
    return _mm512_slli_epi64(a, n);
  }
  PSSGLASS_INLINE Real as_real(Word a) { return _mm512_castsi512_pd(a); }
  PSSGLASS_INLINE Word as_word(Real a) { return _mm512_castpd_si512(a); }

  // Floats for the distance tests of list building.
  PSSGLASS_INLINE Float fset(float a) { return _mm512_set1_ps(a); }
  PSSGLASS_INLINE Float fload(const float* p) { return _mm512_loadu_ps(p); }
  PSSGLASS_INLINE void fstore(float* p, Float a) { _mm512_storeu_ps(p, a); }
  PSSGLASS_INLINE Float ffma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  PSSGLASS_INLINE Float fmax(Float a, Float b) { return _mm512_max_ps(a, b); }
  PSSGLASS_INLINE Int iset(std::int32_t a) { return _mm512_set1_epi32(a); }
  PSSGLASS_INLINE Int iload(const std::int32_t* p) { return _mm512_loadu_si512(p); }
  /// a, a + 4, a + 8, ...: record offsets of consecutive particles.
  PSSGLASS_INLINE Int offsets_from(std::int32_t a) {
    return _mm512_add_epi32(iset(a),
                            _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60));
  }
  PSSGLASS_INLINE Int iadd(Int a, Int b) { return _mm512_add_epi32(a, b); }
  /// Without the two lowest bits.
  PSSGLASS_INLINE Int drop_class(Int a) { return _mm512_and_si512(a, iset(~3)); }
  /// r[index modulo 4], where r repeats every 4 up to 16.
  PSSGLASS_INLINE Float flookup(const float* r, Int index) {
    return _mm512_permutexvar_ps(index, _mm512_loadu_ps(r));
  }
  PSSGLASS_INLINE void istore(std::int32_t* p, Int a) { _mm512_storeu_si512(p, a); }
  /// Lanes where a < b and i < j, as bits.
  PSSGLASS_INLINE unsigned below(Float a, Float b, Int i, Int j) {
    return _mm512_mask_cmp_ps_mask(_mm512_cmplt_epi32_mask(i, j), a, b, _CMP_LT_OQ);
  }
  /// Lanes where a < b and i ≠ j, as bits.
  PSSGLASS_INLINE unsigned below_unless(Float a, Float b, Int i, Int j) {
    return _mm512_mask_cmp_ps_mask(_mm512_cmpneq_epi32_mask(i, j), a, b, _CMP_LT_OQ);
  }
  // Compressing to a register and storing it whole: compressing stores are microcoded on Zen 4.
  PSSGLASS_INLINE void compress(float* p, Float a, unsigned kept) {
    _mm512_storeu_ps(p, _mm512_maskz_compress_ps(static_cast<__mmask16>(kept), a));
  }
  PSSGLASS_INLINE void compress(double* p, Real a, unsigned kept) {
    _mm512_storeu_pd(p, _mm512_maskz_compress_pd(static_cast<__mmask8>(kept), a));
  }
  PSSGLASS_INLINE void compress(std::int32_t* p, Int a, unsigned kept) {
    _mm512_storeu_si512(p, _mm512_maskz_compress_epi32(static_cast<__mmask16>(kept), a));
  }

  /// out[8 m + k] = rows[k][first + m] for m, k < 8.
  PSSGLASS_INLINE void transpose(const std::int32_t* const* rows, std::int32_t first, std::int32_t* out,
                                 int) {
    // Rows k and k + 4 share a register: after two rounds of unpacking each quarter of it is a column of
    // four.
    const auto both = [&](int k) {
      const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[k] + first));
      const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[k + 4] + first));
      return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    };
    const Int a = both(0), b = both(1), c = both(2), d = both(3);
    const Int ab = _mm512_unpacklo_epi32(a, b), ab2 = _mm512_unpackhi_epi32(a, b);
    const Int cd = _mm512_unpacklo_epi32(c, d), cd2 = _mm512_unpackhi_epi32(c, d);
    const Int m0 = _mm512_unpacklo_epi64(ab, cd), m1 = _mm512_unpackhi_epi64(ab, cd);
    const Int m2 = _mm512_unpacklo_epi64(ab2, cd2), m3 = _mm512_unpackhi_epi64(ab2, cd2);
    // Quarters of m0: entries 0 and 4 of rows 0-3, then of rows 4-7.
    const Int low = _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13),
              high = _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15);
    istore(out, _mm512_permutex2var_epi64(m0, low, m1));
    istore(out + 16, _mm512_permutex2var_epi64(m2, low, m3));
    istore(out + 32, _mm512_permutex2var_epi64(m0, high, m1));
    istore(out + 48, _mm512_permutex2var_epi64(m2, high, m3));
  }

 private:
  PSSGLASS_INLINE Real pair(const double* low, const double* high) {
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_load_pd(low)), _mm256_load_pd(high), 1);
  }
  PSSGLASS_INLINE void unpair(double* low, double* high, Real a) {
    _mm256_store_pd(low, _mm512_castpd512_pd256(a));
    _mm256_store_pd(high, _mm512_extractf64x4_pd(a, 1));
  }
};

/// Eight floats with mask registers; sixteen gain nothing.
struct MaskedSingle : Single {
  using Mask = __mmask8;
  PSSGLASS_INLINE Mask less(Real a, Real b) { return _mm256_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return _mm256_cmp_ps_mask(a, b, _CMP_GE_OQ); }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) { return _mm256_mask_blend_ps(m, b, a); }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) { return _mm256_maskz_mul_ps(m, a, b); }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) { return _mm256_maskz_fmadd_ps(m, a, b, c); }
};

}  // namespace
}  // namespace pssglass
