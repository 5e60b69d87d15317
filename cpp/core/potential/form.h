// What every form of pair potential has in common. A form is φ(q)/ε as a function of q = (r/λ)²: a struct of
// its numbers, in a header of its own, that forms.h registers. It states
//   name, parameters          how it is called from outside, and from(values) makes one of them;
//   q_cut, check()            where it ends, and what it throws for numbers that make no potential;
//   Evaluator<V, simple, single>  its formulas, written once for vectors of any kind V, plain doubles
//   included; fits_simple()             whether the arrangement `simple` may be used where all pairs have one
//   energy; value(q)                  the reference: plain_value, unless it is to round in another way.
// The kernels copy the struct and call what is always inlined in Evaluator, and nothing else of it.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>

namespace pssglass {

/// f(q) and its first two derivatives with respect to q = (r/λ)².
struct Derivatives {
  double f, f1, f2;
};

/// The length of a list that may have any.
inline constexpr std::size_t kAnyLength = static_cast<std::size_t>(-1);

/// A number (count 0), or a list of as many, with the names of its entries for messages.
struct FormParameter {
  const char* name;
  std::size_t count = 0;
  const char* entries = "";
};

template <class... F>
struct FormList {
  static constexpr std::size_t count = sizeof...(F);
};

#define PSSGLASS_PAIR inline __attribute__((always_inline))

/// One double in the place of a vector.
struct PlainDouble {
  using Real = double;
  using Mask = bool;
  static PSSGLASS_PAIR double set(double a) { return a; }
  static PSSGLASS_PAIR double fma(double a, double b, double c) { return a * b + c; }
  static PSSGLASS_PAIR double fms(double a, double b, double c) { return a * b - c; }
  static PSSGLASS_PAIR double sqrt(double a) { return std::sqrt(a); }
  static PSSGLASS_PAIR double min(double a, double b) { return a < b ? a : b; }
  static PSSGLASS_PAIR double max(double a, double b) { return b < a ? a : b; }
  static PSSGLASS_PAIR bool less(double a, double b) { return a < b; }
  static PSSGLASS_PAIR bool at_least(double a, double b) { return a >= b; }
  static PSSGLASS_PAIR double select(bool m, double a, double b) { return m ? a : b; }
  static PSSGLASS_PAIR void load_rows(const double* base, double at, double& a, double& b, double& c,
                                      double& d, double& e, double& f) {
    const double* row = base + static_cast<int>(at);
    a = row[0];
    b = row[1];
    c = row[2];
    d = row[3];
    e = row[4];
    f = row[5];
  }
  static PSSGLASS_PAIR double keep_fma(bool m, double a, double b, double c) { return m ? a * b + c : 0; }
};

/// A form's value by the formulas of its vectors; zero at and beyond the cutoff.
template <class Form>
Derivatives plain_value(const Form& form, double q) {
  if (!(q < form.q_cut)) return {0, 0, 0};
  const typename Form::template Evaluator<PlainDouble, false, false> evaluator(form, 1);
  const double early = evaluator.early(q);
  return {evaluator.energy(q, early), -0.5 * evaluator.push(q, early), 0.25 * evaluator.stiffness(q, early)};
}

template <class Form>
concept PairForm = std::is_trivially_copyable_v<Form> && requires(const Form& form, double q) {
  { Form::name } -> std::convertible_to<const char*>;
  { Form::parameters.size() } -> std::convertible_to<std::size_t>;
  { form.q_cut } -> std::convertible_to<double>;
  { form.value(q) } -> std::same_as<Derivatives>;
  { form.fits_simple() } -> std::same_as<bool>;
  form.check();
  typename Form::template Evaluator<PlainDouble, false, false>;
};

}  // namespace pssglass
