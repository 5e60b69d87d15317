// Lennard-Jones with a polynomial in x², in two pieces: sticky spheres, smoothed Lennard-Jones.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "potential/form.h"

namespace pssglass {

/// φ/ε = a x⁻¹² − b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶ with one set of coefficients below x_join and another
/// from there to x_cut [paper, Eq. 1]. Piecewise sticky spheres and smoothed Lennard-Jones are special cases.
struct TaperedLJ {
  struct Piece {
    double a, b, c0, c2, c4, c6;
    bool polynomial() const { return c0 != 0 || c2 != 0 || c4 != 0 || c6 != 0; }
  };
  Piece inner, outer;
  double q_join, q_cut;

  static constexpr const char* name = "tapered-lj";
  static constexpr std::array parameters{FormParameter{"inner", 6, "a, b, c0, c2, c4, c6"},
                                         FormParameter{"outer", 6, "a, b, c0, c2, c4, c6"},
                                         FormParameter{"x_join"}, FormParameter{"x_cut"}};
  static TaperedLJ from(const std::array<std::vector<double>, 4>& values) {
    const auto piece = [](const std::vector<double>& c) { return Piece{c[0], c[1], c[2], c[3], c[4], c[5]}; };
    const double x_join = values[2][0], x_cut = values[3][0];
    return {piece(values[0]), piece(values[1]), x_join * x_join, x_cut * x_cut};
  }
  void check() const {
    if (!(q_cut > 0 && std::isfinite(q_cut)) || !(q_join <= q_cut))
      throw InvalidArgument("reduced cutoff must be positive, finite and not below the joint, got q_cut = " +
                            std::to_string(q_cut) + ", q_join = " + std::to_string(q_join));
  }
  bool fits_simple() const { return !inner.polynomial(); }

  /// Zero at and beyond the cutoff. Not plain_value: certified states and Hessians keep their last bits.
  Derivatives value(double q) const {
    if (!(q < q_cut)) return {0, 0, 0};
    const auto& [a, b, c0, c2, c4, c6] = q < q_join ? inner : outer;
    const double i1 = 1.0 / q, i3 = i1 * i1 * i1;
    const double far6 = a * i3 * i3, far3 = b * i3;
    return {far6 - far3 + c0 + q * (c2 + q * (c4 + q * c6)),
            i1 * (3.0 * far3 - 6.0 * far6) + c2 + q * (2.0 * c4 + q * (3.0 * c6)),
            i1 * i1 * (42.0 * far6 - 12.0 * far3) + 2.0 * c4 + q * (6.0 * c6)};
  }

  /// Arranged for the fewest operations. With kSimple the pair energy is folded into the coefficients and the
  /// piece below the joint has no polynomial. In single precision the taper's slope is expanded about a point
  /// inside its range, which spares some of the cancellation.
  template <class V, bool kSimple, bool kSingle>
  class Evaluator {
    using Real = typename V::Real;
    using Mask = typename V::Mask;

   public:
    Evaluator(const TaperedLJ& form, double energy)
        : Evaluator(form.inner, form.outer, energy, kSingle ? 0.5 * (form.q_join + form.q_cut) : 0) {
      join_ = V::set(form.q_join);
    }

    static PSSGLASS_PAIR Real early(Real q) { return V::set(1) / q; }

    PSSGLASS_PAIR Real push(Real q, Real inverse) const {
      const Mask outside = V::at_least(q, join_);
      const Real inverse3 = inverse * inverse * inverse;
      const Real core = V::fms(V::select(outside, a2_, a1_), inverse3, V::select(outside, b2_, b1_));
      Real t = q;
      if constexpr (kSingle) t = q - centre_;
      const Real slope = V::fma(t, outer_[3], outer_[2]);
      Real taper;
      if constexpr (kSimple)
        taper = V::keep_fma(outside, t, slope, outer_[1]);
      else
        taper = V::select(outside, V::fma(t, slope, outer_[1]),
                          V::fma(t, V::fma(t, inner_[3], inner_[2]), inner_[1]));
      return V::fms(core, inverse3 * inverse, taper);
    }

    PSSGLASS_PAIR Real energy(Real q, Real inverse) const {
      const Mask outside = V::at_least(q, join_);
      const Real inverse3 = inverse * inverse * inverse;
      const Real core = V::fms(V::select(outside, a2_, a1_) * inverse3, V::set(1.0 / 12),
                               V::select(outside, b2_, b1_) * V::set(1.0 / 6));
      const Real taper = V::select(outside, polynomial(q, outer_), polynomial(q, inner_));
      return V::fma(core, inverse3, taper);
    }

    PSSGLASS_PAIR Real stiffness(Real q, Real inverse) const {
      const Mask outside = V::at_least(q, join_);
      const Real inverse3 = inverse * inverse * inverse;
      const Real core = V::fms(V::select(outside, a2_, a1_) * inverse3, V::set(14),
                               V::set(8) * V::select(outside, b2_, b1_));
      const Real far = V::fma(q, outer_[3] * V::set(4), outer_[2] * V::set(2));
      const Real near = V::fma(q, inner_[3] * V::set(4), inner_[2] * V::set(2));
      return V::fma(core, inverse3 * inverse * inverse, V::select(outside, far, near));
    }

   private:
    Evaluator(const Piece& inner, const Piece& outer, double scale, double m)
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

    static PSSGLASS_PAIR Real polynomial(Real q, const Real (&c)[4]) {
      const Real inner = V::fma(q, c[3] * V::set(1.0 / 6), c[2] * V::set(0.25));
      return V::fma(q, V::fma(q, inner, c[1] * V::set(0.5)), c[0]);
    }

    Real a1_, b1_, a2_, b2_;    // 12 a, 6 b of the inner and the outer piece
    Real inner_[4], outer_[4];  // c0, then 2 c2, 4 c4, 6 c6 or that slope expanded about the centre
    Real centre_, join_;
  };
};

}  // namespace pssglass
