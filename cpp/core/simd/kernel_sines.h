// sin(x)/x, which rounds alike under every instruction set.
#pragma once

#include <cstdint>

namespace pssglass {

template <class V>
struct SineKernels {
  using Real = typename V::Real;

  static void sine_over(const double* squared, double factor, std::int64_t count, double* out) {
    for (std::int64_t i = 0; i < count; i += V::lanes)
      V::store(out + i, of(V::set(factor) * V::sqrt(V::load(squared + i))));
  }

 private:
  /// To 1e-15 + 1e-16 x for x ≥ 0, without branches. Products and sums are rounded one by one.
  static inline __attribute__((always_inline)) Real of(Real x) {
    // π in parts, of which the first has so few bits that its products are exact.
    const Real turns = V::round(x * V::set(0.318309886183790671538));
    const Real y = (x - turns * V::set(0x1.921fb54p+1)) - turns * V::set(0x1.10b4611a62633p-29);
    const Real odd = turns - V::set(2) * V::round(V::set(0.5) * turns);
    const Real q = y * y;
    constexpr double coefficients[] = {
        1.0 / 355687428096000.0, -1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0,
        1.0 / 362880.0,          -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
    Real sum = V::set(-1.0 / 121645100408832000.0);
    for (const double one : coefficients) sum = sum * q + V::set(one);
    const Real sine = (V::set(1) - V::set(2) * odd * odd) * (y + y * q * sum);
    const Real tiny = V::set(1e-300);  // makes 1 of 0/0
    return (sine + tiny) / (x + tiny);
  }
};

}  // namespace pssglass
