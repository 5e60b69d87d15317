// TaperedLJ (potential.h) for vectors of pairs, arranged for the fewest operations.
#pragma once

#include "simd/kernels.h"

namespace pssglass {

/// V is the instruction set or its single-precision part. With kCentred the taper's slope is expanded about a
/// point inside its range, which spares single precision some of the cancellation. With kSimple the pair
/// energy is folded into the coefficients and the piece below the joint has no polynomial. Arguments: q =
/// (r/λ)², its inverse, and whether q lies beyond the joint.
template <class V, bool kSimple, bool kCentred = false>
class Tapered {
  using Real = typename V::Real;
  using Mask = typename V::Mask;

 public:
  explicit Tapered(const PairTable& table)
      : Tapered(table.inner, table.outer, kSimple ? table.energy[0][0] : 1.0,
                kCentred ? 0.5 * (table.q_join + table.q_cut) : 0) {}

  /// −2 dφ/dq, so that push·d/λ² is the force along the separation d.
  inline __attribute__((always_inline)) Real push(Real q, Real inverse, Mask outside) const {
    const Real inverse3 = inverse * inverse * inverse;
    const Real core = V::fms(V::select(outside, a2_, a1_), inverse3, V::select(outside, b2_, b1_));
    Real t = q;
    if constexpr (kCentred) t = q - centre_;
    const Real slope = V::fma(t, outer_[3], outer_[2]);
    Real taper;
    if constexpr (kSimple)
      taper = V::keep_fma(outside, t, slope, outer_[1]);
    else
      taper = V::select(outside, V::fma(t, slope, outer_[1]),
                        V::fma(t, V::fma(t, inner_[3], inner_[2]), inner_[1]));
    return V::fms(core, inverse3 * inverse, taper);
  }

  inline __attribute__((always_inline)) Real energy(Real q, Real inverse, Mask outside) const {
    const Real inverse3 = inverse * inverse * inverse;
    const Real core = V::fms(V::select(outside, a2_, a1_) * inverse3, V::set(1.0 / 12),
                             V::select(outside, b2_, b1_) * V::set(1.0 / 6));
    const Real taper = V::select(outside, polynomial(q, outer_), polynomial(q, inner_));
    return V::fma(core, inverse3, taper);
  }

  /// 4 d²φ/dq².
  inline __attribute__((always_inline)) Real stiffness(Real q, Real inverse, Mask outside) const {
    const Real inverse3 = inverse * inverse * inverse;
    const Real core =
        V::fms(V::select(outside, a2_, a1_) * inverse3, V::set(14), V::set(8) * V::select(outside, b2_, b1_));
    const Real far = V::fma(q, outer_[3] * V::set(4), outer_[2] * V::set(2));
    const Real near = V::fma(q, inner_[3] * V::set(4), inner_[2] * V::set(2));
    return V::fma(core, inverse3 * inverse * inverse, V::select(outside, far, near));
  }

 private:
  Tapered(const PairTable::Piece& inner, const PairTable::Piece& outer, double scale, double m)
      : a1_(V::set(12 * scale * inner.a)),
        b1_(V::set(6 * scale * inner.b)),
        a2_(V::set(12 * scale * outer.a)),
        b2_(V::set(6 * scale * outer.b)),
        inner_{V::set(scale * inner.c0),
               V::set(scale * (2 * inner.c2 + m * (4 * inner.c4 + m * 6 * inner.c6))),
               V::set(scale * (4 * inner.c4 + 12 * m * inner.c6)), V::set(6 * scale * inner.c6)},
        outer_{V::set(scale * outer.c0),
               V::set(scale * (2 * outer.c2 + m * (4 * outer.c4 + m * 6 * outer.c6))),
               V::set(scale * (4 * outer.c4 + 12 * m * outer.c6)), V::set(6 * scale * outer.c6)},
        centre_(V::set(m)) {}

  inline __attribute__((always_inline)) static Real polynomial(Real q, const Real (&c)[4]) {
    const Real inner = V::fma(q, c[3] * V::set(1.0 / 6), c[2] * V::set(0.25));
    return V::fma(q, V::fma(q, inner, c[1] * V::set(0.5)), c[0]);
  }

  Real a1_, b1_, a2_, b2_;    // 12 a, 6 b of the inner and the outer piece
  Real inner_[4], outer_[4];  // c0, then 2 c2, 4 c4, 6 c6 or that slope expanded about the centre
  Real centre_;
};

}  // namespace pssglass
