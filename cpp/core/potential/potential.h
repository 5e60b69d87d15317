// Pair potentials: a form in q = (r/λ)², and the table of pair types that scales it.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "potential/forms.h"

namespace pssglass {

/// One of the forms.
template <class List>
struct VariantOf;
template <class... F>
struct VariantOf<FormList<F...>> {
  using type = std::variant<F...>;
};
using Form = VariantOf<Forms>::type;

/// A form, and the memory of one that keeps its numbers elsewhere: whoever copies the one keeps the other.
struct OwnedForm {
  Form form;
  std::shared_ptr<const void> memory;

  template <class F>
  OwnedForm(const F& form_) : form(form_) {}
  template <class F>
  OwnedForm(const Stored<F>& stored) : form(stored.form), memory(stored.memory) {}
};

/// What one pair contributes at squared distance r²: u, u′/r and (u″ − u′/r)/r². No square root is needed.
struct PairTerms {
  double energy, slope, curvature;
};

/// The energy ε and length λ of a pair, as 1/λ², and where it ends.
struct PairScale {
  double energy, inverse_length2, cutoff2;
};

inline PairScale scale_of(double energy, double length, double q_cut) {
  const double length2 = length * length;
  return {energy, 1 / length2, q_cut * length2};
}

/// Diameters from `low` to `high`.
struct Diameters {
  double low, high;
};

/// Lengths of particles that each have a diameter of their own: λ_ij = ½ (λ_i + λ_j)(1 − n_a |λ_i − λ_j|).
struct Mixing {
  double nonadditivity;

  double length(double a, double b) const { return 0.5 * (a + b) * (1 - nonadditivity * std::abs(a - b)); }
  /// No pair of a particle of this diameter and one in this range is longer.
  double reach(double diameter, const Diameters& others) const {
    if (nonadditivity < 0) return longest({diameter, diameter}, others);
    // ½ (a + b)(1 − n_a (b − a)) grows with b up to 1/(2 n_a); below a it falls.
    const double top = nonadditivity > 0 ? 0.5 / nonadditivity : others.high;
    return length(diameter, std::clamp(top, std::min(diameter, others.high), others.high));
  }
  /// No pair of particles with such diameters is longer.
  double longest(const Diameters& a, const Diameters& b) const {
    const double apart = nonadditivity < 0 ? std::max(a.high, b.high) - std::min(a.low, b.low)
                                           : std::max({b.low - a.high, a.low - b.high, 0.0});
    return 0.5 * (a.high + b.high) * (1 - nonadditivity * apart);
  }
};

inline PairTerms scaled(const Derivatives& d, const PairScale& t) {
  const double e = t.energy, w = t.inverse_length2;
  return {e * d.f, 2 * e * w * d.f1, 4 * e * w * w * d.f2};
}

/// A form scaled for each pair of species, or for each pair of particles by their diameters.
class Potential {
 public:
  /// `energies` and `lengths` are row-major S×S and symmetric. Throws InvalidArgument otherwise, and as the
  /// form's check() does.
  Potential(const std::vector<double>& energies, const std::vector<double>& lengths, const OwnedForm& form);
  /// One species of particles with diameters. The scales are those of a pair of length 1.
  static Potential by_diameter(double energy, const Mixing& mixing, const OwnedForm& form);

  int species() const { return species_; }
  const PairScale& scale(int a, int b) const { return scales_[static_cast<std::size_t>(a * species_ + b)]; }
  /// Row by row.
  const std::vector<PairScale>& scales() const { return scales_; }

  /// None where lengths follow from species.
  const std::optional<Mixing>& mixing() const { return mixing_; }
  double q_cut() const { return q_cut_; }

  /// Calls body(form) with the form's own type.
  template <class Body>
  decltype(auto) visit(Body&& body) const {
    return std::visit(std::forward<Body>(body), form_.form);
  }
  /// Its place in Forms.
  std::size_t form() const { return form_.form.index(); }

  /// What must live as long as copies of the form do.
  const std::shared_ptr<const void>& memory() const { return form_.memory; }

  /// Terms of one pair; zero at and beyond the cutoff.
  PairTerms terms(int a, int b, double r2) const {
    const PairScale& t = scale(a, b);
    return visit([&](const auto& form) { return scaled(form.value(r2 * t.inverse_length2), t); });
  }

 private:
  int species_;
  std::vector<PairScale> scales_;
  std::optional<Mixing> mixing_;
  OwnedForm form_;
  double q_cut_;
};

}  // namespace pssglass
