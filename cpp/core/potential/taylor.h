// Higher derivatives of forms, by the formulas that their evaluators have already.
#pragma once

#include <cmath>

#include "potential/form.h"

namespace pssglass {

/// A function of q to second order about one point: value + slope·(q − q0) + bend·(q − q0)².
struct Taylor {
  double value = 0, slope = 0, bend = 0;
};

inline Taylor operator+(const Taylor& a, const Taylor& b) {
  return {a.value + b.value, a.slope + b.slope, a.bend + b.bend};
}
inline Taylor operator-(const Taylor& a, const Taylor& b) {
  return {a.value - b.value, a.slope - b.slope, a.bend - b.bend};
}
inline Taylor operator*(const Taylor& a, const Taylor& b) {
  return {a.value * b.value, a.value * b.slope + a.slope * b.value,
          a.value * b.bend + a.slope * b.slope + a.bend * b.value};
}
inline Taylor operator/(const Taylor& a, const Taylor& b) {
  const double value = a.value / b.value, slope = (a.slope - value * b.slope) / b.value;
  return {value, slope, (a.bend - value * b.bend - slope * b.slope) / b.value};
}

/// One Taylor series in the place of a vector.
struct TaylorKind {
  using Real = Taylor;
  using Mask = bool;
  static Taylor set(double a) { return {a}; }
  static Taylor fma(const Taylor& a, const Taylor& b, const Taylor& c) { return a * b + c; }
  static Taylor fms(const Taylor& a, const Taylor& b, const Taylor& c) { return a * b - c; }
  static Taylor sqrt(const Taylor& a) {
    const double value = std::sqrt(a.value), slope = 0.5 * a.slope / value;
    return {value, slope, 0.5 * (a.bend - slope * slope) / value};
  }
  static Taylor min(const Taylor& a, const Taylor& b) { return less(a, b) ? a : b; }
  static Taylor max(const Taylor& a, const Taylor& b) { return less(b, a) ? a : b; }
  static bool less(const Taylor& a, const Taylor& b) { return a.value < b.value; }
  static bool at_least(const Taylor& a, const Taylor& b) { return a.value >= b.value; }
  static Taylor select(bool m, const Taylor& a, const Taylor& b) { return m ? a : b; }
  /// A whole number does not change with q.
  static Taylor nearest(const Taylor& a) { return {std::nearbyint(a.value)}; }
  static void load_rows(const double* base, const Taylor& at, Taylor& a, Taylor& b, Taylor& c, Taylor& d,
                        Taylor& e, Taylor& f) {
    const double* row = base + static_cast<int>(at.value);
    a = {row[0]}, b = {row[1]}, c = {row[2]}, d = {row[3]}, e = {row[4]}, f = {row[5]};
  }
  static Taylor keep_fma(bool m, const Taylor& a, const Taylor& b, const Taylor& c) {
    return m ? a * b + c : Taylor{};
  }
};

/// f‴(q) and f⁗(q).
struct HigherDerivatives {
  double f3, f4;
};

/// Of the piece in which q lies, as f‴ may jump where pieces meet and at the cutoff; zero beyond that.
template <class Form>
HigherDerivatives higher_derivatives(const Form& form, double q) {
  if (!(q < form.q_cut)) return {0, 0};
  const typename Form::template Evaluator<TaylorKind, false, false> evaluator(form, 1);
  const Taylor at{q, 1, 0};
  const Taylor stiffness = evaluator.stiffness(at, evaluator.early(at));  // 4 f″
  return {0.25 * stiffness.slope, 0.5 * stiffness.bend};
}

}  // namespace pssglass
