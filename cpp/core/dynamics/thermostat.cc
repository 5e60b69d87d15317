#include "dynamics/thermostat.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace pssglass {
namespace {

/// Gamma variate of shape ≥ 1 by Marsaglia and Tsang, doi:10.1145/358407.358414. Attempt k uses the random
/// bits of "particles" 2k + 1 and 2k + 2.
double gamma_variate(double shape, std::uint64_t seed, std::uint64_t step) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint32_t attempt = 0;; ++attempt) {
    const double x = normals(seed, Stream::rescaling, step, 2 * attempt + 1)[0];
    const double u = unit_interval(random_bits(seed, Stream::rescaling, step, 2 * attempt + 2)[0]);
    const double root = 1 + c * x, v = root * root * root;
    if (v > 0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

/// Sum of the squares of this many independent normals, at least two.
double chi_squared(std::int64_t count, std::uint64_t seed, std::uint64_t step) {
  return 2 * gamma_variate(0.5 * static_cast<double>(count), seed, step);
}

}  // namespace

double rescaling_factor(double kinetic, double target, std::int64_t freedoms, double decay,
                        std::uint64_t seed, std::uint64_t step) {
  const double first = normals(seed, Stream::rescaling, step, 0)[0];
  const double rest = chi_squared(freedoms - 1, seed, step);
  const double share = (1 - decay) * target / (static_cast<double>(freedoms) * kinetic);
  const double square = decay + share * (first * first + rest) + 2 * first * std::sqrt(decay * share);
  return std::sqrt(std::max(square, 0.0));
}

}  // namespace pssglass
