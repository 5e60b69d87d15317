// Forces in mixed precision: positions as 32-bit fractions of a cubic box, pairs in single precision, sums of
// one particle's pairs in single and everything else in double.
#pragma once

#include "simd/kernel_forces.h"

namespace pssglass {

/// Separation (in fractions) and reduced distance of one entry of each lane.
template <class S, class Evaluator>
struct FractionPairs {
  using Real = typename S::Real;
  using Int = typename S::Int;
  Real x, y, z, scale, q, early;
  Int tag;

  template <class Scales>
  inline __attribute__((always_inline)) FractionPairs(const Int (&own)[4], const Scales& scales,
                                                      const std::int32_t* fractions,
                                                      const std::int32_t* entry, const Evaluator& potential) {
    Int ox, oy, oz;
    S::load_records(fractions, entry, ox, oy, oz, tag);
    x = S::difference(own[0], ox);
    y = S::difference(own[1], oy);
    z = S::difference(own[2], oz);
    scale = scales.inverse_length2(tag);
    q = S::fma(z, z, S::fma(y, y, x * x)) * scale;
    early = potential.early(q);
  }
};

template <class S, class By, class Form, bool kSimple, bool kFar>
void sum_mixed(const ListSpan& list, const std::int32_t* fractions, const PairTable& table, double length,
               double* forces) {
  using Real = typename S::Real;
  using Int = typename S::Int;
  const auto potential = evaluator_of<Form, S, kSimple, true>(table);
  using Neighbor = FractionPairs<S, decltype(evaluator_of<Form, S, kSimple, true>(table))>;
  const Real q_cut = S::set(table.q_cut);
  for (std::int64_t s = 0; s < list.count; ++s) {
    const Slice& slice = list.slices[s];
    Int own[4];
    S::load_records(fractions, slice.offsets, own[0], own[1], own[2], own[3]);
    const typename By::template FractionScales<S> scales(table, slice, own[3]);
    const std::int32_t* entry = list.entries + slice.begin;
    Real fx = S::set(0), fy = S::set(0), fz = S::set(0);
    Neighbor next(own, scales, fractions, entry, potential);
    for (int m = 0; m < slice.length; ++m) {
      const Neighbor pair = next;
      entry += S::lanes;
      if constexpr (kFar) prefetch<S::lanes>(fractions, entry);
      next = Neighbor(own, scales, fractions, entry, potential);
      const auto inside = S::less(pair.q, q_cut);
      Real scale = pair.scale;
      if constexpr (!kSimple) scale = scale * scales.energy(pair.tag);
      const Real push = S::keep_mul(inside, potential.push(pair.q, pair.early), scale);
      fx = S::fma(push, pair.x, fx);
      fy = S::fma(push, pair.y, fy);
      fz = S::fma(push, pair.z, fz);
    }
    S::store_records(forces, slice.offsets, fx, fy, fz, 0x1p32 / length);
  }
}

template <class S, class By, class Form>
struct MixedForces {
  static void forces(const ListSpan& list, const std::int32_t* fractions, const PairTable& table,
                     double length, bool far, double* out) {
    if (table.simple)
      far ? sum_mixed<S, By, Form, true, true>(list, fractions, table, length, out)
          : sum_mixed<S, By, Form, true, false>(list, fractions, table, length, out);
    else
      far ? sum_mixed<S, By, Form, false, true>(list, fractions, table, length, out)
          : sum_mixed<S, By, Form, false, false>(list, fractions, table, length, out);
  }
};

template <class V>
struct FractionKernels {
  /// Low words of position·2³²/length, rounded by adding 1.5·2⁵², and of the tag, or its bits as a float.
  static void pack(const double* records, double length, bool by_diameter, std::int64_t begin,
                   std::int64_t end, std::int32_t* fractions) {
    const double scale[4] = {0x1p32 / length, 0x1p32 / length, 0x1p32 / length, 0};
    for (std::int64_t k = 4 * begin; k < 4 * end; k += 4) {
      double shifted[4];
      for (int axis = 0; axis < 4; ++axis) shifted[axis] = records[k + axis] * scale[axis] + 0x1.8p52;
      shifted[3] = records[k + 3];
      for (int axis = 0; axis < 4; ++axis) {
        std::int64_t bits;
        __builtin_memcpy(&bits, &shifted[axis], sizeof bits);
        fractions[k + axis] = static_cast<std::int32_t>(bits);
      }
      if (!by_diameter) continue;
      const auto diameter = static_cast<float>(records[k + 3]);
      __builtin_memcpy(fractions + k + 3, &diameter, sizeof diameter);
    }
  }
};

}  // namespace pssglass
