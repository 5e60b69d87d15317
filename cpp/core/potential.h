// Pair potentials: small evaluators in q = (r/λ)², and the table of pair types that scales them.
//
// The form is written here for reference evaluations and derivatives, and once more in kernel_potential.h for
// vectors of pairs, fused for the fewest operations: cpp/README.md says what to touch for another one.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "error.h"

namespace pssglass {

/// f(q) and its first two derivatives with respect to q = (r/λ)², for scalars or SIMD vectors V.
template <class V>
struct Derivatives {
  V f, f1, f2;
};

/// φ/ε = a x⁻¹² − b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶ with one set of coefficients below x_join and another
/// from there to x_cut [paper, Eq. 1]. Piecewise sticky spheres and smoothed Lennard-Jones are special cases.
struct TaperedLJ {
  struct Piece {
    double a, b, c0, c2, c4, c6;
  };
  Piece inner, outer;
  double q_join, q_cut;

  /// All three derivatives; zero at and beyond the cutoff. V may be a SIMD vector type.
  template <class V>
  Derivatives<V> value(V q) const {
    const auto near = q < q_join;
    const auto inside = q < q_cut;
    const V zero = q - q;
    const auto pick = [&](double in, double out) { return near ? zero + in : zero + out; };
    const V a = pick(inner.a, outer.a), b = pick(inner.b, outer.b);
    const V c0 = pick(inner.c0, outer.c0), c2 = pick(inner.c2, outer.c2);
    const V c4 = pick(inner.c4, outer.c4), c6 = pick(inner.c6, outer.c6);
    const V i1 = 1.0 / q, i3 = i1 * i1 * i1;
    const V far6 = a * i3 * i3, far3 = b * i3;
    const V f = far6 - far3 + c0 + q * (c2 + q * (c4 + q * c6));
    const V f1 = i1 * (3.0 * far3 - 6.0 * far6) + c2 + q * (2.0 * c4 + q * (3.0 * c6));
    const V f2 = i1 * i1 * (42.0 * far6 - 12.0 * far3) + 2.0 * c4 + q * (6.0 * c6);
    return {inside ? f : zero, inside ? f1 : zero, inside ? f2 : zero};
  }
};

/// What one pair contributes at squared distance r²: u, u′/r and (u″ − u′/r)/r². No square root is needed.
struct PairTerms {
  double energy, slope, curvature;
};

/// One evaluator scaled by the energy ε and length λ of each pair of species.
class Potential {
 public:
  struct PairType {
    double energy, inverse_length2, cutoff2;
  };

  /// `energies` and `lengths` are row-major S×S and symmetric. Throws InvalidArgument otherwise.
  Potential(const std::vector<double>& energies, const std::vector<double>& lengths, const TaperedLJ& shape);

  int species() const { return species_; }
  const PairType& type(int a, int b) const { return types_[static_cast<std::size_t>(a * species_ + b)]; }
  const std::vector<PairType>& types() const { return types_; }
  double max_cutoff() const { return max_cutoff_; }

  /// Calls body(evaluator); the one place that knows which evaluators exist.
  template <class Body>
  decltype(auto) visit(Body&& body) const {
    return body(shape_);
  }

  /// Terms of one pair; zero at and beyond the cutoff.
  PairTerms terms(int a, int b, double r2) const {
    const PairType& t = type(a, b);
    return visit([&](const auto& shape) { return scaled(shape.value(r2 * t.inverse_length2), t); });
  }
  static PairTerms scaled(const Derivatives<double>& d, const PairType& t) {
    const double e = t.energy, w = t.inverse_length2;
    return {e * d.f, 2 * e * w * d.f1, 4 * e * w * w * d.f2};
  }

 private:
  int species_;
  std::vector<PairType> types_;
  double max_cutoff_ = 0;
  TaperedLJ shape_;
};

}  // namespace pssglass
