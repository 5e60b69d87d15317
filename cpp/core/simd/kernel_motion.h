// One step of velocity Verlet or BAOAB for blocks of particles, and the random numbers it needs.
#pragma once

#include "simd/kernels.h"

namespace pssglass {

/// Standard normals: those of random.h, several particles at a time.
template <class V>
struct NormalKernels {
  using Real = typename V::Real;
  using Word = typename V::Word;

  static void normals(std::uint64_t seed, std::uint32_t stream, std::uint64_t step, const std::uint32_t* ids,
                      std::int64_t count, double* out) {
    std::int32_t offsets[V::lanes];
    for (int k = 0; k < V::lanes; ++k) offsets[V::order[k]] = 4 * k;
    for (std::int64_t i = 0; i < count; i += V::lanes) {
      Word bits[4] = {V::widen(ids + i), V::word(step & 0xffffffffu), V::word(step >> 32), V::word(stream)};
      philox(seed, bits);
      Real sine, cosine, unused;
      const Real radius = V::sqrt(V::set(-2) * log_unit(bits[0])),
                 radius2 = V::sqrt(V::set(-2) * log_unit(bits[2]));
      turn(bits[1], cosine, sine);
      const Real x = radius * cosine, y = radius * sine;
      turn(bits[3], cosine, unused);
      V::store_records(out + 4 * i, offsets, x, y, radius2 * cosine);
    }
  }

 private:
  /// Philox4x32-10 (random.h). High halves of the words may hold anything: products read the low halves only.
  inline __attribute__((always_inline)) static void philox(std::uint64_t seed, Word (&c)[4]) {
    auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
    const Word m0 = V::word(0xD2511F53u), m1 = V::word(0xCD9E8D57u);
    for (int round = 0; round < 10; ++round) {
      const Word p0 = V::mul32(m0, c[0]), p1 = V::mul32(m1, c[2]);
      c[0] = V::bit_xor(V::bit_xor(V::template right<32>(p1), c[1]), V::word(k0));
      c[2] = V::bit_xor(V::bit_xor(V::template right<32>(p0), c[3]), V::word(k1));
      c[1] = p1;
      c[3] = p0;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    for (Word& word : c) word = V::bit_and(word, V::word(0xffffffffu));
  }

  /// A word below 2^52 as a number: it becomes the mantissa of 2^52 + word.
  inline __attribute__((always_inline)) static Real to_real(Word word) {
    return V::as_real(V::bit_or(word, V::word(0x4330000000000000u))) - V::set(0x1p52);
  }

  /// log of the uniform number (bits + 1/2)/2^32: exponent and atanh series of the mantissa, exact near 1.
  inline __attribute__((always_inline)) static Real log_unit(Word bits) {
    const Word word = V::as_word(to_real(bits) + V::set(0.5));
    Real exponent = to_real(V::template right<52>(word)) - V::set(1023 + 32);
    Real mantissa =
        V::as_real(V::bit_or(V::bit_and(word, V::word(0x000fffffffffffffu)), V::word(0x3ff0000000000000u)));
    const auto high = V::less(V::set(1.4142135623730951), mantissa);
    mantissa = V::select(high, mantissa * V::set(0.5), mantissa);
    exponent = V::select(high, exponent + V::set(1), exponent);
    const Real s = (mantissa - V::set(1)) / (mantissa + V::set(1)), w = s * s;
    Real series = V::set(0.14809710360655276698);
    series = V::fma(series, w, V::set(0.15312528148364190966));
    series = V::fma(series, w, V::set(0.18183631680229328804));
    series = V::fma(series, w, V::set(0.22222197056726046608));
    series = V::fma(series, w, V::set(0.28571428760641679883));
    series = V::fma(series, w, V::set(0.39999999999302338113));
    series = V::fma(series, w, V::set(0.66666666666667645658));
    series = V::fma(series, w, V::set(2));
    return V::fma(exponent, V::set(0.69314718055994530942), s * series);
  }

  /// Cosine and sine of (bits + 1/2)/2^32 turns: reduced to an eighth of a turn about the nearest quarter.
  inline __attribute__((always_inline)) static void turn(Word bits, Real& cosine, Real& sine) {
    const Word quarter = V::template right<30>(V::add(bits, V::word(0x20000000u)));
    const Real t = V::fma(to_real(quarter), V::set(-0x1p30), to_real(bits) + V::set(0.5)) * V::set(0x1p-32);
    const Real w = t * t;
    Real s = V::set(3.7808689593022955184);
    s = V::fma(s, w, V::set(-15.093804209987113512));
    s = V::fma(s, w, V::set(42.058685020160894047));
    s = V::fma(s, w, V::set(-76.705859704274550647));
    s = V::fma(s, w, V::set(81.605249275948035209));
    s = V::fma(s, w, V::set(-41.341702240399636207));
    s = V::fma(s, w, V::set(6.2831853071795864572));
    s = s * t;
    Real c = V::set(-1.6968494702918826806);
    c = V::fma(c, w, V::set(7.9030916877516976361));
    c = V::fma(c, w, V::set(-26.426250908622135959));
    c = V::fma(c, w, V::set(60.24464132886729332));
    c = V::fma(c, w, V::set(-85.456817206522712487));
    c = V::fma(c, w, V::set(64.939394022667957529));
    c = V::fma(c, w, V::set(-19.739208802178716989));
    c = V::fma(c, w, V::set(1));
    // Quarters 0 to 3: (c, s), (−s, c), (−c, −s), (s, −c).
    const auto odd = V::less(V::set(0.5), to_real(V::bit_and(quarter, V::word(1))));
    const Word cosine_sign = V::template left<62>(V::bit_and(V::add(quarter, V::word(1)), V::word(2)));
    const Word sine_sign = V::template left<62>(V::bit_and(quarter, V::word(2)));
    cosine = V::as_real(V::bit_xor(V::as_word(V::select(odd, s, c)), cosine_sign));
    sine = V::as_real(V::bit_xor(V::as_word(V::select(odd, c, s)), sine_sign));
  }
};

template <class V>
struct MotionKernels {
  using Real = typename V::Real;

  static Displacement advance(const Motion& m, std::int64_t begin, std::int64_t end) {
    Displacement out{0, 0, true};
    for (std::int64_t first = begin; first < end; first += kChunk) {
      const std::int64_t last = first + kChunk < end ? first + kChunk : end;
      if (m.langevin && m.tally)
        out.heat += move_tallied(m, first, last);
      else if (m.langevin)
        move_langevin(m, first, last);
      else
        move_freely(m, first, last);
      merge(out, displacement(m, first, last));
    }
    return out;
  }

  static double kick(double* velocities, const double* forces, double kick, std::int64_t begin,
                     std::int64_t end) {
    double sums[8] = {};
    const std::int64_t last = 4 * end, whole = last - (last - 4 * begin) % 8;
    for (std::int64_t k = 4 * begin; k < whole; k += 8)
      for (int lane = 0; lane < 8; ++lane) {
        const double v = velocities[k + lane] + kick * forces[k + lane];
        velocities[k + lane] = v;
        sums[lane] += v * v;
      }
    for (std::int64_t k = whole; k < last; ++k) {
      velocities[k] += kick * forces[k];
      sums[k - whole] += velocities[k] * velocities[k];
    }
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }

  static void scale(double* velocities, double factor, std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = 4 * begin; k < 4 * end; ++k) velocities[k] *= factor;
  }

  static void copy_ghosts(double* records, const GhostBlock* blocks, std::int64_t count) {
    for (std::int64_t b = 0; b < count; ++b) {
      const GhostBlock& block = blocks[b];
      const double shift[4] = {block.shift[0], block.shift[1], block.shift[2], 0};
      const double* from = records + 4 * block.source;
      double* to = records + 4 * block.target;
      for (std::int64_t k = 0; k < block.count; ++k)
        for (int axis = 0; axis < 4; ++axis) to[4 * k + axis] = from[4 * k + axis] + shift[axis];
    }
  }

 private:
  /// Particles that go through all operations of a step together, while they are in the nearest cache.
  static constexpr std::int64_t kChunk = 64;

  static void move_freely(const Motion& m, std::int64_t begin, std::int64_t end) {
    double* __restrict x = m.positions;
    double* __restrict v = m.velocities;
    const double* __restrict f = m.forces;
    const double second = m.kicks == 2 ? m.kick : 0;
    for (std::int64_t k = 4 * begin; k < 4 * end; ++k) {
      v[k] = (v[k] + m.kick * f[k]) + second * f[k];
      x[k] += m.drift * v[k];
    }
  }

  static void move_langevin(const Motion& m, std::int64_t begin, std::int64_t end) {
    alignas(64) double noise[4 * (kChunk + kMaxLanes)];
    NormalKernels<V>::normals(m.seed, m.stream, m.step, m.ids + begin, end - begin, noise);
    double* __restrict x = m.positions + 4 * begin;
    double* __restrict v = m.velocities + 4 * begin;
    const double* __restrict f = m.forces + 4 * begin;
    const double second = m.kicks == 2 ? m.kick : 0;
    for (std::int64_t k = 0; k < 4 * (end - begin); ++k) {
      const double before = (v[k] + m.kick * f[k]) + second * f[k];
      const double after = m.decay * before + m.noise * noise[k];
      x[k] = (x[k] + m.drift * before) + m.drift * after;
      v[k] = after;
    }
  }

  /// Returns the change of Σv² by O.
  static double move_tallied(const Motion& m, std::int64_t begin, std::int64_t end) {
    const double kicks = m.kicks * m.kick;
    double before = 0, after = 0;
    for (std::int64_t k = 4 * begin; k < 4 * end; ++k) {
      const double v = m.velocities[k] + kicks * m.forces[k];
      before += v * v;
    }
    move_langevin(m, begin, end);
    for (std::int64_t k = 4 * begin; k < 4 * end; ++k) after += m.velocities[k] * m.velocities[k];
    return after - before;
  }

  static Displacement displacement(const Motion& m, std::int64_t begin, std::int64_t end) {
    Real largest = V::set(0), second = V::set(0), sum = V::set(0);
    const std::int64_t whole = end - (end - begin) % V::lanes;
    for (std::int64_t i = begin; i < whole; i += V::lanes) {
      const Real d2 = V::distances2(m.positions + 4 * i, m.reference + 4 * i);
      second = V::max(second, V::min(largest, d2));
      largest = V::max(largest, d2);
      sum = sum + d2;
    }
    double d2[2 * V::lanes], sums[V::lanes];
    V::store(d2, largest);
    V::store(d2 + V::lanes, second);
    V::store(sums, sum);
    Displacement out{0, 0, true};
    for (double value : d2) insert(out, value);
    for (double value : sums) out.finite = out.finite && value < kInfinity;
    for (std::int64_t i = whole; i < end; ++i) {
      double value = 0;
      for (int axis = 0; axis < 3; ++axis) {
        const double d = m.positions[4 * i + axis] - m.reference[4 * i + axis];
        value += d * d;
      }
      insert(out, value);
      out.finite = out.finite && value < kInfinity;
    }
    return out;
  }

  inline __attribute__((always_inline)) static void insert(Displacement& d, double value) {
    if (value > d.largest2) {
      d.second2 = d.largest2;
      d.largest2 = value;
    } else if (value > d.second2) {
      d.second2 = value;
    }
  }
  static void merge(Displacement& a, const Displacement& b) {
    insert(a, b.largest2);
    insert(a, b.second2);
    a.finite = a.finite && b.finite;
  }

  static constexpr double kInfinity = __builtin_inf();
};

}  // namespace pssglass
