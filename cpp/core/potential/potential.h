// Pair potentials: a form in q = (r/λ)², and the table of pair types that scales it.
#pragma once

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

/// What one pair contributes at squared distance r²: u, u′/r and (u″ − u′/r)/r². No square root is needed.
struct PairTerms {
  double energy, slope, curvature;
};

/// A form scaled by the energy ε and length λ of each pair of species.
class Potential {
 public:
  struct PairType {
    double energy, inverse_length2, cutoff2;
  };

  /// `energies` and `lengths` are row-major S×S and symmetric. Throws InvalidArgument otherwise, and as the
  /// form's check() does.
  Potential(const std::vector<double>& energies, const std::vector<double>& lengths, const Form& form);

  int species() const { return species_; }
  const PairType& type(int a, int b) const { return types_[static_cast<std::size_t>(a * species_ + b)]; }
  const std::vector<PairType>& types() const { return types_; }
  double max_cutoff() const { return max_cutoff_; }

  /// Calls body(form) with the form's own type.
  template <class Body>
  decltype(auto) visit(Body&& body) const {
    return std::visit(std::forward<Body>(body), form_);
  }
  /// Its place in Forms.
  std::size_t form() const { return form_.index(); }

  /// Terms of one pair; zero at and beyond the cutoff.
  PairTerms terms(int a, int b, double r2) const {
    const PairType& t = type(a, b);
    return visit([&](const auto& form) { return scaled(form.value(r2 * t.inverse_length2), t); });
  }
  static PairTerms scaled(const Derivatives& d, const PairType& t) {
    const double e = t.energy, w = t.inverse_length2;
    return {e * d.f, 2 * e * w * d.f1, 4 * e * w * w * d.f2};
  }

 private:
  int species_;
  std::vector<PairType> types_;
  double max_cutoff_ = 0;
  Form form_;
};

}  // namespace pssglass
