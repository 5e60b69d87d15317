// Vectors of doubles for loops that are compiled once for each instruction set.
#pragma once

#include <array>
#include <bit>

#define PSSGLASS_LANES [[gnu::always_inline]] static inline

namespace pssglass {

template <int native>
struct RegisterOf {
  typedef double type __attribute__((vector_size(8 * native), may_alias));
};
/// GCC passes vectors of one double through memory.
template <>
struct RegisterOf<1> {
  using type = double;
};

/// `width` doubles, in registers of `native` each.
template <int native, int width>
struct Lanes {
  using Register = typename RegisterOf<native>::type;
  static constexpr int count = width / native;
  Register part[count];

  [[gnu::always_inline]] friend inline Lanes operator+(const Lanes& a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < count; ++k) out.part[k] = a.part[k] + b.part[k];
    return out;
  }
  [[gnu::always_inline]] friend inline Lanes operator-(const Lanes& a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < count; ++k) out.part[k] = a.part[k] - b.part[k];
    return out;
  }
  [[gnu::always_inline]] friend inline Lanes operator*(const Lanes& a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < count; ++k) out.part[k] = a.part[k] * b.part[k];
    return out;
  }
  [[gnu::always_inline]] friend inline Lanes operator*(double a, const Lanes& b) {
    Lanes out;
    for (int k = 0; k < count; ++k) out.part[k] = a * b.part[k];
    return out;
  }
  [[gnu::always_inline]] Lanes& operator+=(const Lanes& b) { return *this = *this + b; }
  [[gnu::always_inline]] Lanes& operator-=(const Lanes& b) { return *this = *this - b; }
};

/// Sum of all doubles, in an order that does not depend on the registers.
template <int native, int width>
PSSGLASS_LANES double sum(const Lanes<native, width>& a) {
  double out = 0;
  for (const double x : std::bit_cast<std::array<double, width>>(a)) out += x;
  return out;
}

}  // namespace pssglass
