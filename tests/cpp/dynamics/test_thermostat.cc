#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dynamics/thermostat.h"

using namespace pssglass;

namespace {

/// Regularised lower incomplete gamma function P(a, x) by its power series.
double gamma_distribution(double a, double x) {
  double term = 1 / a, sum = term;
  for (int n = 1; n < 2000 && term > 1e-17 * sum; ++n) sum += term *= x / (a + n);
  return sum * std::exp(a * std::log(x) - x - std::lgamma(a));
}

/// Kinetic energies along the chain that rescaling alone makes, from a cold start.
std::vector<double> chain(std::int64_t freedoms, double temperature, double decay, int count) {
  const double target = 0.5 * static_cast<double>(freedoms) * temperature;
  double kinetic = 0.1 * target;
  std::vector<double> out;
  for (int step = 0; step < count + 50; ++step) {
    const double factor =
        rescaling_factor(kinetic, target, freedoms, decay, 42, static_cast<std::uint64_t>(step));
    kinetic *= factor * factor;
    if (step >= 50) out.push_back(kinetic);
  }
  return out;
}

}  // namespace

TEST_CASE("rescaling alone draws kinetic energies from the canonical gamma distribution") {
  const double temperature = 0.7;
  for (const std::int64_t freedoms : {3, 93, 8997}) {
    std::vector<double> kinetic = chain(freedoms, temperature, std::exp(-5.0), 20000);
    std::sort(kinetic.begin(), kinetic.end());
    double distance = 0;  // Kolmogorov–Smirnov
    for (std::size_t k = 0; k < kinetic.size(); ++k)
      distance = std::max(
          distance,
          std::abs(gamma_distribution(0.5 * static_cast<double>(freedoms), kinetic[k] / temperature) -
                   (static_cast<double>(k) + 0.5) / static_cast<double>(kinetic.size())));
    CHECK(distance * std::sqrt(static_cast<double>(kinetic.size())) < 1.95);  // exceeded once in a thousand
  }
}

TEST_CASE("kinetic energy relaxes with the given decay") {
  const std::int64_t freedoms = 300000;
  const double target = 0.5 * static_cast<double>(freedoms), decay = 0.9;
  const double factor = rescaling_factor(2 * target, target, freedoms, decay, 1, 1);
  CHECK(2 * factor * factor - 1 == doctest::Approx(decay).epsilon(0.02));
}
