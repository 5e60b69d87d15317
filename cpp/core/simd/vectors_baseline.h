// What every processor has (SSE2 on x86-64), in the compilers' own vectors: 2 doubles or 4 floats.
// Included by kernel_baseline.cc alone.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#define PSSGLASS_INLINE static inline __attribute__((always_inline))

namespace pssglass {
namespace {

struct Baseline {
  static constexpr const char* name = "baseline";
  static constexpr int lanes = 2, wide = 4;
  typedef double Real __attribute__((vector_size(16)));
  typedef std::int64_t Mask __attribute__((vector_size(16)));
  typedef std::uint64_t Word __attribute__((vector_size(16)));
  typedef float Float __attribute__((vector_size(16)));
  typedef std::int32_t Int __attribute__((vector_size(16)));
  using Row = const double*;

  PSSGLASS_INLINE Real set(double a) { return Real{a, a}; }
  PSSGLASS_INLINE Real load(const double* p) { return copy<Real>(p); }
  PSSGLASS_INLINE void store(double* p, Real a) { std::memcpy(p, &a, sizeof a); }
  PSSGLASS_INLINE Real fma(Real a, Real b, Real c) { return a * b + c; }
  PSSGLASS_INLINE Real fms(Real a, Real b, Real c) { return a * b - c; }
  PSSGLASS_INLINE Real sqrt(Real a) { return Real{__builtin_sqrt(a[0]), __builtin_sqrt(a[1])}; }
  /// To the nearest integer, for numbers far below 2^51.
  PSSGLASS_INLINE Real round(Real a) { return (a + set(0x1.8p52)) - set(0x1.8p52); }
  PSSGLASS_INLINE Real abs(Real a) { return as_real(as_word(a) & word(0x7fffffffffffffffu)); }
  PSSGLASS_INLINE Real max(Real a, Real b) { return select(less(b, a), a, b); }
  PSSGLASS_INLINE Real min(Real a, Real b) { return select(less(a, b), a, b); }
  PSSGLASS_INLINE Mask less(Real a, Real b) { return a < b; }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return a >= b; }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) {
    return reinterpret_cast<Real>((m & reinterpret_cast<Mask>(a)) | (~m & reinterpret_cast<Mask>(b)));
  }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) {
    return reinterpret_cast<Real>(m & reinterpret_cast<Mask>(a * b));
  }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) {
    return reinterpret_cast<Real>(m & reinterpret_cast<Mask>(a * b + c));
  }
  PSSGLASS_INLINE double sum(Real a) { return a[0] + a[1]; }

  PSSGLASS_INLINE Row row(const double* p) { return p; }
  /// The entry of the row that the species in each tag selects.
  PSSGLASS_INLINE Real lookup(Row r, Real tag) {
    const Word t = as_word(tag);
    return Real{r[(t[0] & 6) / 2], r[(t[1] & 6) / 2]};
  }

  /// Two records, transposed.
  PSSGLASS_INLINE void load_records(const double* base, const std::int32_t* at, Real& x, Real& y, Real& z,
                                    Real& t) {
    const Real xy = load(base + at[0]), xy2 = load(base + at[1]);
    const Real zt = load(base + at[0] + 2), zt2 = load(base + at[1] + 2);
    x = Real{xy[0], xy2[0]};
    y = Real{xy[1], xy2[1]};
    z = Real{zt[0], zt2[0]};
    t = Real{zt[1], zt2[1]};
  }
  PSSGLASS_INLINE void store_records(double* base, const std::int32_t* at, Real x, Real y, Real z) {
    for (int k = 0; k < lanes; ++k) {
      store(base + at[k], Real{x[k], y[k]});
      store(base + at[k] + 2, Real{z[k], 0});
    }
  }
  /// Six numbers from base + at on, for each lane with an `at` of its own; base and at are aligned to eight.
  PSSGLASS_INLINE void load_rows(const double* base, Real at, Real& a, Real& b, Real& c, Real& d, Real& e,
                                 Real& f) {
    Real unused, none;
    const std::int32_t offsets[lanes] = {static_cast<std::int32_t>(at[0]), static_cast<std::int32_t>(at[1])};
    load_records(base, offsets, a, b, c, d);
    load_records(base + 4, offsets, e, f, unused, none);
  }
  /// Squared distances between as many consecutive records, in some order.
  PSSGLASS_INLINE Real distances2(const double* a, const double* b) {
    const auto squares = [&](int k) {
      const Real d = load(a + k) - load(b + k);
      return d * d;
    };
    const Real one = squares(0), other = squares(4), one_z = squares(2), other_z = squares(6);
    return (Real{one[0], other[0]} + Real{one[1], other[1]}) +
           (Real{one_z[0], other_z[0]} + Real{one_z[1], other_z[1]});
  }
  /// Of each lane base[at].
  PSSGLASS_INLINE Real pick(const double* base, const std::int32_t* at) {
    return Real{base[at[0]], base[at[1]]};
  }
  PSSGLASS_INLINE unsigned mask_bits(Mask m) { return static_cast<unsigned>((m[0] & 1) | (m[1] & 2)); }
  /// Particle of each lane of load_records.
  static constexpr int order[lanes] = {0, 1};

  // 64-bit words for random bits.
  PSSGLASS_INLINE Word word(std::uint64_t a) { return Word{a, a}; }
  PSSGLASS_INLINE Word widen(const std::uint32_t* p) { return Word{p[0], p[1]}; }
  PSSGLASS_INLINE Word mul32(Word a, Word b) { return (a & word(0xffffffffu)) * (b & word(0xffffffffu)); }
  PSSGLASS_INLINE Word add(Word a, Word b) { return a + b; }
  PSSGLASS_INLINE Word bit_and(Word a, Word b) { return a & b; }
  PSSGLASS_INLINE Word bit_or(Word a, Word b) { return a | b; }
  PSSGLASS_INLINE Word bit_xor(Word a, Word b) { return a ^ b; }
  template <int n>
  PSSGLASS_INLINE Word right(Word a) {
    return a >> n;
  }
  template <int n>
  PSSGLASS_INLINE Word left(Word a) {
    return a << n;
  }
  PSSGLASS_INLINE Real as_real(Word a) { return reinterpret_cast<Real>(a); }
  PSSGLASS_INLINE Word as_word(Real a) { return reinterpret_cast<Word>(a); }

  // Floats for the distance tests of list building.
  PSSGLASS_INLINE Float fset(float a) { return Float{a, a, a, a}; }
  PSSGLASS_INLINE Float fload(const float* p) { return copy<Float>(p); }
  PSSGLASS_INLINE void fstore(float* p, Float a) { std::memcpy(p, &a, sizeof a); }
  PSSGLASS_INLINE Float ffma(Float a, Float b, Float c) { return a * b + c; }
  PSSGLASS_INLINE Float fmax(Float a, Float b) {
    const Int m = a > b;
    return reinterpret_cast<Float>((m & reinterpret_cast<Int>(a)) | (~m & reinterpret_cast<Int>(b)));
  }
  PSSGLASS_INLINE Int iset(std::int32_t a) { return Int{a, a, a, a}; }
  PSSGLASS_INLINE Int iload(const std::int32_t* p) { return copy<Int>(p); }
  /// a, a + 4, a + 8, ...: record offsets of consecutive particles.
  PSSGLASS_INLINE Int offsets_from(std::int32_t a) { return iset(a) + Int{0, 4, 8, 12}; }
  PSSGLASS_INLINE Int iadd(Int a, Int b) { return a + b; }
  /// Without the two lowest bits.
  PSSGLASS_INLINE Int drop_class(Int a) { return a & iset(~3); }
  /// r[index modulo 4].
  PSSGLASS_INLINE Float flookup(const float* r, Int index) {
    return Float{r[index[0] & 3], r[index[1] & 3], r[index[2] & 3], r[index[3] & 3]};
  }
  PSSGLASS_INLINE void istore(std::int32_t* p, Int a) { std::memcpy(p, &a, sizeof a); }
  /// Lanes where a < b and i < j, as bits.
  PSSGLASS_INLINE unsigned below(Float a, Float b, Int i, Int j) { return bits((a < b) & (i < j)); }
  /// Lanes where a < b and i ≠ j, as bits.
  PSSGLASS_INLINE unsigned below_unless(Float a, Float b, Int i, Int j) { return bits((a < b) & (i != j)); }
  PSSGLASS_INLINE void compress(double* p, Real a, unsigned kept) {
    p[0] = a[0];
    p[kept & 1] = a[1];
  }
  template <class T, class Vector>
  PSSGLASS_INLINE void compress(T* p, Vector a, unsigned kept) {
    for (int k = 0; k < wide; ++k) {
      *p = a[k];
      p += kept >> k & 1;
    }
  }

  /// out[stride m + k] = rows[k][first + m] for m, k < 2.
  PSSGLASS_INLINE void transpose(const std::int32_t* const* rows, std::int32_t first, std::int32_t* out,
                                 int stride) {
    for (int m = 0; m < lanes; ++m)
      for (int k = 0; k < lanes; ++k) out[stride * m + k] = rows[k][first + m];
  }

 private:
  template <class Vector, class T>
  PSSGLASS_INLINE Vector copy(const T* p) {
    Vector out;
    std::memcpy(&out, p, sizeof out);
    return out;
  }
  PSSGLASS_INLINE unsigned bits(Int m) {
    const Int each = m & Int{1, 2, 4, 8};
    return static_cast<unsigned>(each[0] | each[1] | each[2] | each[3]);
  }
};

/// Four floats, and positions as 32-bit fractions of the box.
struct BaselineSingle {
  static constexpr int lanes = 4;
  using Real = Baseline::Float;
  using Int = Baseline::Int;
  using Mask = Baseline::Int;
  using Row = const float*;

  PSSGLASS_INLINE Real set(double a) { return Baseline::fset(static_cast<float>(a)); }
  PSSGLASS_INLINE Real fma(Real a, Real b, Real c) { return a * b + c; }
  PSSGLASS_INLINE Real fms(Real a, Real b, Real c) { return a * b - c; }
  PSSGLASS_INLINE Real sqrt(Real a) {
    return Real{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]), __builtin_sqrtf(a[3])};
  }
  PSSGLASS_INLINE Real abs(Real a) {
    return reinterpret_cast<Real>(reinterpret_cast<Int>(a) & Baseline::iset(0x7fffffff));
  }
  PSSGLASS_INLINE Real min(Real a, Real b) { return select(less(a, b), a, b); }
  PSSGLASS_INLINE Real max(Real a, Real b) { return select(less(b, a), a, b); }
  PSSGLASS_INLINE Mask less(Real a, Real b) { return a < b; }
  PSSGLASS_INLINE Mask at_least(Real a, Real b) { return a >= b; }
  PSSGLASS_INLINE Real select(Mask m, Real a, Real b) {
    return reinterpret_cast<Real>((m & reinterpret_cast<Int>(a)) | (~m & reinterpret_cast<Int>(b)));
  }
  PSSGLASS_INLINE Real keep_mul(Mask m, Real a, Real b) {
    return reinterpret_cast<Real>(m & reinterpret_cast<Int>(a * b));
  }
  PSSGLASS_INLINE Real keep_fma(Mask m, Real a, Real b, Real c) {
    return reinterpret_cast<Real>(m & reinterpret_cast<Int>(a * b + c));
  }
  PSSGLASS_INLINE Row row(const float* p) { return p; }
  PSSGLASS_INLINE Real lookup(Row r, Int tag) { return Real{r[tag[0]], r[tag[1]], r[tag[2]], r[tag[3]]}; }

  PSSGLASS_INLINE void load_records(const std::int32_t* base, const std::int32_t* at, Int& x, Int& y, Int& z,
                                    Int& t) {
    const Int a = Baseline::iload(base + at[0]), b = Baseline::iload(base + at[1]);
    const Int c = Baseline::iload(base + at[2]), d = Baseline::iload(base + at[3]);
    x = Int{a[0], b[0], c[0], d[0]};
    y = Int{a[1], b[1], c[1], d[1]};
    z = Int{a[2], b[2], c[2], d[2]};
    t = Int{a[3], b[3], c[3], d[3]};
  }
  PSSGLASS_INLINE Real as_real(Int a) { return reinterpret_cast<Real>(a); }
  /// Six numbers from base + at on, for each lane with an `at` of its own; base and at are aligned to eight.
  PSSGLASS_INLINE void load_rows(const float* base, Real at, Real& a, Real& b, Real& c, Real& d, Real& e,
                                 Real& f) {
    const Real r0 = row_at(base, at[0]), r1 = row_at(base, at[1]), r2 = row_at(base, at[2]),
               r3 = row_at(base, at[3]);
    a = Real{r0[0], r1[0], r2[0], r3[0]};
    b = Real{r0[1], r1[1], r2[1], r3[1]};
    c = Real{r0[2], r1[2], r2[2], r3[2]};
    d = Real{r0[3], r1[3], r2[3], r3[3]};
    const Real s0 = row_at(base + 4, at[0]), s1 = row_at(base + 4, at[1]), s2 = row_at(base + 4, at[2]),
               s3 = row_at(base + 4, at[3]);
    e = Real{s0[0], s1[0], s2[0], s3[0]};
    f = Real{s0[1], s1[1], s2[1], s3[1]};
  }
  /// a − b of fractions: the integer wraps around as the box does.
  PSSGLASS_INLINE Real difference(Int a, Int b) {
    typedef std::uint32_t Unsigned __attribute__((vector_size(16)));
    const Int d = reinterpret_cast<Int>(reinterpret_cast<Unsigned>(a) - reinterpret_cast<Unsigned>(b));
    return __builtin_convertvector(d, Real);
  }
  /// Vectors times `scale` as records of doubles.
  PSSGLASS_INLINE void store_records(double* base, const std::int32_t* at, Real x, Real y, Real z,
                                     double scale) {
    for (int k = 0; k < lanes; ++k) {
      double* record = base + at[k];
      record[0] = x[k] * scale;
      record[1] = y[k] * scale;
      record[2] = z[k] * scale;
      record[3] = 0;
    }
  }

 private:
  PSSGLASS_INLINE Real row_at(const float* base, float at) {
    return Baseline::fload(base + static_cast<std::int32_t>(at));
  }
};

}  // namespace
}  // namespace pssglass
