// Pair potentials: small evaluators in q = (r/λ)², and the table of pair types that scales them.
//
// The form is written here for reference evaluations and derivatives, and once more in kernel_potential.h for
// vectors of pairs, fused for the fewest operations: cpp/README.md says what to touch for another one.
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "base/error.h"

namespace pssglass {

/// f(q) and its first two derivatives with respect to q = (r/λ)².
struct Derivatives {
  double f, f1, f2;
};

/// φ/ε = a x⁻¹² − b x⁻⁶ + c0 + c2 x² + c4 x⁴ + c6 x⁶ with one set of coefficients below x_join and another
/// from there to x_cut [paper, Eq. 1]. Piecewise sticky spheres and smoothed Lennard-Jones are special cases.
struct TaperedLJ {
  struct Piece {
    double a, b, c0, c2, c4, c6;
  };
  Piece inner, outer;
  double q_join, q_cut;

  /// Zero at and beyond the cutoff.
  Derivatives value(double q) const {
    if (!(q < q_cut)) return {0, 0, 0};
    const auto& [a, b, c0, c2, c4, c6] = q < q_join ? inner : outer;
    const double i1 = 1.0 / q, i3 = i1 * i1 * i1;
    const double far6 = a * i3 * i3, far3 = b * i3;
    return {far6 - far3 + c0 + q * (c2 + q * (c4 + q * c6)),
            i1 * (3.0 * far3 - 6.0 * far6) + c2 + q * (2.0 * c4 + q * (3.0 * c6)),
            i1 * i1 * (42.0 * far6 - 12.0 * far3) + 2.0 * c4 + q * (6.0 * c6)};
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
  static PairTerms scaled(const Derivatives& d, const PairType& t) {
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
