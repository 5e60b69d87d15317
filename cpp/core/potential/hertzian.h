// Contacts between soft spheres: harmonic (α = 2) and Hertzian (α = 5/2).
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/error.h"
#include "potential/form.h"

namespace pssglass {

/// φ/ε = k (1 − x)^α below x = 1, with α = 2 or 5/2.
struct Hertzian {
  double prefactor, alpha;
  static constexpr double q_cut = 1;

  static constexpr const char* name = "hertzian";
  static constexpr std::array parameters{FormParameter{"prefactor"}, FormParameter{"alpha"}};
  static Hertzian from(const std::array<std::vector<double>, 2>& values) {
    return {values[0][0], values[1][0]};
  }
  void check() const {
    if (!(prefactor > 0 && std::isfinite(prefactor)))
      throw InvalidArgument("prefactor must be positive and finite, got " + std::to_string(prefactor));
    if (alpha != 2 && alpha != 2.5)
      throw InvalidArgument("alpha is " + std::to_string(alpha) + ": give 2 (harmonic) or 2.5 (Hertzian)");
  }
  bool fits_simple() const { return true; }
  Derivatives value(double q) const { return plain_value(*this, q); }

  template <class V, bool kSimple, bool kSingle>
  class Evaluator {
    using Real = typename V::Real;
    using Mask = typename V::Mask;

   public:
    Evaluator(const Hertzian& form, double energy)
        : factor_(V::set(energy * form.prefactor)),
          slope_(V::set(energy * form.prefactor * form.alpha)),
          bend_(V::set(form.alpha - 1)),
          rooted_(V::less(V::set(2), V::set(form.alpha))) {}

    static PSSGLASS_PAIR Real early(Real q) { return V::sqrt(q); }

    PSSGLASS_PAIR Real push(Real, Real x) const {
      const Real overlap = V::set(1) - x;
      return slope_ * overlap * root(overlap) / x;
    }
    PSSGLASS_PAIR Real energy(Real, Real x) const {
      const Real overlap = V::set(1) - x;
      return factor_ * overlap * overlap * root(overlap);
    }
    PSSGLASS_PAIR Real stiffness(Real q, Real x) const {
      const Real overlap = V::set(1) - x;
      return slope_ * root(overlap) * (bend_ * x + overlap) / (q * x);
    }

   private:
    /// overlap^(α − 2); not a number beyond the contact, which the mask of the pair loop removes.
    PSSGLASS_PAIR Real root(Real overlap) const { return V::select(rooted_, V::sqrt(overlap), V::set(1)); }

    Real factor_, slope_, bend_;
    Mask rooted_;
  };
};

}  // namespace pssglass
