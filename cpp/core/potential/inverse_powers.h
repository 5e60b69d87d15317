// Sums of inverse powers with an even polynomial that ends them smoothly: poly-IPL, WCA, n–m Lennard-Jones,
// and the same with a sticky taper.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "potential/form.h"

namespace pssglass {

/// φ/ε = Σ_k a_k x^(−n_k) + Σ_l c_2l x^(2l) below x_cut, with even n_k. In two pieces the first, below
/// x_join, has powers with coefficients of its own and no polynomial.
template <int kPieces>
struct InversePowers {
  static_assert(kPieces == 1 || kPieces == 2);
  static constexpr int kMaxPowers = 4, kMaxTerms = 8, kMaxExponent = 64;
  int powers, terms;
  int steps[kMaxPowers];  // n_1/2, (n_2 − n_1)/2, …: exponents ascend
  double factors[kPieces][kMaxPowers], polynomial[kMaxTerms];  // a_k, c_2l
  double q_join, q_cut;

  static constexpr const char* name = kPieces == 1 ? "inverse-powers" : "joined-inverse-powers";
  static constexpr auto parameters = [] {
    constexpr FormParameter n{"exponents", kAnyLength}, a{"coefficients", kAnyLength},
        inner{"inner_coefficients", kAnyLength}, c{"polynomial", kAnyLength}, join{"x_join"}, cut{"x_cut"};
    if constexpr (kPieces == 1)
      return std::array{n, a, c, cut};
    else
      return std::array{n, a, c, cut, inner, join};
  }();
  using Values = std::array<std::vector<double>, parameters.size()>;

  static InversePowers from(const Values& values) {
    const auto &exponents = values[0], &series = values[2];
    const double x_cut = values[3][0];
    InversePowers form{};
    form.powers = counted(exponents, 1, kMaxPowers, "exponents");
    form.terms = counted(series, 1, kMaxTerms, "polynomial");
    double last = 0;
    for (int k = 0; k < form.powers; ++k) {
      const double n = exponents[static_cast<std::size_t>(k)];
      if (!(n > last && n <= kMaxExponent && n == 2 * std::floor(n / 2)))
        throw InvalidArgument("exponents must be even numbers that ascend from 2 to at most " +
                              std::to_string(kMaxExponent) + ", got " + std::to_string(n) + " after " +
                              std::to_string(last));
      form.steps[k] = static_cast<int>(n - last) / 2;
      last = n;
    }
    std::copy(series.begin(), series.end(), form.polynomial);
    fill(form.factors[kPieces - 1], values[1], form.powers, "coefficients");
    form.q_cut = x_cut * x_cut;
    if constexpr (kPieces == 2) {
      fill(form.factors[0], values[4], form.powers, "inner_coefficients");
      form.q_join = values[5][0] * values[5][0];
    }
    return form;
  }
  void check() const {
    if (!(q_cut > 0 && std::isfinite(q_cut)) || !(q_join >= 0 && q_join <= q_cut))
      throw InvalidArgument("reduced cutoff must be positive, finite and not below the joint, got q_cut = " +
                            std::to_string(q_cut) + ", q_join = " + std::to_string(q_join));
    for (const auto& piece : factors)
      if (!std::all_of(piece, piece + powers, [](double x) { return std::isfinite(x); }))
        throw InvalidArgument("coefficients of inverse powers must be finite");
    if (!std::all_of(polynomial, polynomial + terms, [](double x) { return std::isfinite(x); }))
      throw InvalidArgument("coefficients of the polynomial must be finite");
  }
  bool fits_simple() const { return true; }
  Derivatives value(double q) const { return plain_value(*this, q); }

  /// Horner's scheme in 1/q and in q. In single precision the polynomial's slope is expanded about a point
  /// inside its range, which spares some of the cancellation.
  template <class V, bool kSimple, bool kSingle>
  class Evaluator {
    using Real = typename V::Real;
    using Mask = typename V::Mask;

   public:
    Evaluator(const InversePowers& form, double energy)
        : powers_(form.powers),
          terms_(form.terms),
          slope_terms_(form.terms > 1 ? form.terms - 1 : 1),
          stiffness_terms_(form.terms > 2 ? form.terms - 2 : 1),
          join_(V::set(form.q_join)) {
      for (int piece = 0; piece < kPieces; ++piece) {
        int m = 0;
        for (int k = 0; k < powers_; ++k) {
          steps_[k] = form.steps[k];
          m += form.steps[k];
          const double a = energy * form.factors[piece][k];
          energy_[piece][k] = V::set(a);
          push_[piece][k] = V::set(2 * m * a);
          stiffness_[piece][k] = V::set(4.0 * m * (m + 1) * a);
        }
      }
      const double centre = kSingle ? 0.5 * (form.q_join + form.q_cut) : 0;
      double slope[kMaxTerms] = {};
      for (int l = 1; l < form.terms; ++l) slope[l - 1] = -2 * l * energy * form.polynomial[l];
      for (int first = 0; first + 1 < slope_terms_; ++first)
        for (int l = slope_terms_ - 2; l >= first; --l) slope[l] += centre * slope[l + 1];
      for (int l = 0; l < kMaxTerms; ++l) {
        taper_[l] = V::set(energy * form.polynomial[l]);
        taper_push_[l] = V::set(slope[l]);
        taper_stiffness_[l] =
            V::set(l + 2 < form.terms ? 4 * (l + 2) * (l + 1) * energy * form.polynomial[l + 2] : 0);
      }
      centre_ = V::set(centre);
    }

    static PSSGLASS_PAIR Real early(Real q) { return V::set(1) / q; }

    PSSGLASS_PAIR Real push(Real q, Real inverse) const {
      Real t = q;
      if constexpr (kSingle) t = q - centre_;
      return sum(q, inverse, 1, push_, horner(t, taper_push_, slope_terms_));
    }
    PSSGLASS_PAIR Real energy(Real q, Real inverse) const {
      return sum(q, inverse, 0, energy_, horner(q, taper_, terms_));
    }
    PSSGLASS_PAIR Real stiffness(Real q, Real inverse) const {
      return sum(q, inverse, 2, stiffness_, horner(q, taper_stiffness_, stiffness_terms_));
    }

   private:
    /// Σ a_k q^(−n_k/2 − more), and the taper where it belongs.
    PSSGLASS_PAIR Real sum(Real q, Real inverse, int more, const Real (&a)[kPieces][kMaxPowers],
                           Real taper) const {
      Mask outside{};
      if constexpr (kPieces == 2) {
        outside = V::at_least(q, join_);
        taper = V::select(outside, taper, V::set(0));
      }
      Real far = of_piece(outside, a, powers_ - 1);
      for (int k = powers_ - 1; k > 0; --k)
        far = V::fma(far, power(inverse, steps_[k]), of_piece(outside, a, k - 1));
      return V::fma(far, power(inverse, steps_[0] + more), taper);
    }
    static PSSGLASS_PAIR Real of_piece(Mask outside, const Real (&a)[kPieces][kMaxPowers], int k) {
      if constexpr (kPieces == 2)
        return V::select(outside, a[1][k], a[0][k]);
      else
        return a[0][k];
    }
    static PSSGLASS_PAIR Real horner(Real t, const Real (&c)[kMaxTerms], int count) {
      Real out = c[count - 1];
      for (int l = count - 2; l >= 0; --l) out = V::fma(out, t, c[l]);
      return out;
    }
    /// The same exponent for all lanes and all pairs: the processor foresees every branch.
    static PSSGLASS_PAIR Real power(Real base, int n) {
      while (!(n & 1)) {
        base = base * base;
        n >>= 1;
      }
      Real out = base;
      while (n >>= 1) {
        base = base * base;
        if (n & 1) out = out * base;
      }
      return out;
    }

    int powers_, terms_, slope_terms_, stiffness_terms_;
    int steps_[kMaxPowers];
    Real energy_[kPieces][kMaxPowers], push_[kPieces][kMaxPowers], stiffness_[kPieces][kMaxPowers];
    Real taper_[kMaxTerms], taper_push_[kMaxTerms], taper_stiffness_[kMaxTerms];
    Real centre_, join_;
  };

 private:
  static int counted(const std::vector<double>& list, int least, int most, const char* what) {
    const auto count = static_cast<int>(list.size());
    if (count < least || count > most)
      throw InvalidArgument(std::string(what) + " has " + std::to_string(list.size()) + " entries: give " +
                            std::to_string(least) + " to " + std::to_string(most));
    return count;
  }
  static void fill(double (&out)[kMaxPowers], const std::vector<double>& list, int count, const char* what) {
    if (list.size() != static_cast<std::size_t>(count))
      throw InvalidArgument(std::string(what) + " has " + std::to_string(list.size()) + " entries for " +
                            std::to_string(count) + " exponents: give one for each");
    std::copy(list.begin(), list.end(), out);
  }
};

}  // namespace pssglass
