#include <doctest/doctest.h>

#include "models.h"
#include "potential/potential.h"

using namespace pssglass;
using namespace pssglass::test;

TEST_CASE("sticky spheres reach the tabulated depth halfway between minimum and cutoff") {
  const double depth[] = {-0.459478126, -0.4099385884, -0.3584342848, -0.264306677};
  for (int k = 0; k < 4; ++k) {
    const double x_min = std::pow(2.0, 1.0 / 6), x = x_min * (1 + kStickyCutoffs[k]) / 2;
    CHECK(sticky(kStickyCutoffs[k]).terms(0, 0, x * x).energy == doctest::Approx(depth[k]).epsilon(1e-9));
  }
}

TEST_CASE("slope and curvature are derivatives of the energy on both sides of the joint") {
  for (int model = 0; model < 6; ++model) {
    const Potential potential = model < 4 ? sticky(kStickyCutoffs[model]) : contacts(model == 4 ? 2 : 2.5);
    const double cutoff = std::sqrt(potential.scale(0, 1).cutoff2);
    for (double fraction : {0.75, 0.85, 0.93, 0.97}) {
      const double r = fraction * cutoff, h = 1e-5;
      const auto energy = [&](double at) { return potential.terms(0, 1, at * at).energy; };
      const PairTerms terms = potential.terms(0, 1, r * r);
      const double first = (energy(r + h) - energy(r - h)) / (2 * h);
      const double second = (energy(r + h) - 2 * energy(r) + energy(r - h)) / (h * h);
      CHECK(terms.slope * r == doctest::Approx(first).epsilon(1e-6).scale(1));
      CHECK(terms.curvature * r * r + terms.slope == doctest::Approx(second).epsilon(1e-3).scale(1));
    }
  }
}

TEST_CASE("energy, force and stiffness vanish at the cutoff") {
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    const PairTerms just_inside = potential.terms(1, 1, potential.scale(1, 1).cutoff2 * (1 - 1e-12));
    CHECK(std::abs(just_inside.energy) < 1e-10);
    CHECK(std::abs(just_inside.slope) < 1e-8);
    CHECK(std::abs(just_inside.curvature) < 1e-6);
    CHECK(potential.terms(1, 1, potential.scale(1, 1).cutoff2).energy == 0);
  }
}

TEST_CASE("contacts have the depth of their overlap and end where spheres part") {
  CHECK(contacts(2).terms(0, 0, 0.25 * 2.25).energy == doctest::Approx(1.2 * 0.25));
  CHECK(contacts(2.5).terms(1, 1, 0.25 * 1.9 * 1.9).energy == doctest::Approx(1.2 * std::pow(0.5, 2.5)));
  CHECK(contacts(2.5).max_cutoff() == doctest::Approx(1.9));
  CHECK(contacts(2.5).terms(0, 1, 1.7 * 1.7).curvature == 0);
  CHECK_THROWS_AS(contacts(3), InvalidArgument);
  CHECK_THROWS_AS(Potential({1}, {1}, Hertzian{0, 2}), InvalidArgument);
}

TEST_CASE("a pair table that is not symmetric is refused") {
  const TaperedLJ::Piece lj{4, 4, 0, 0, 0, 0};
  CHECK_THROWS_AS(Potential({1, 1, 1, 1}, {1, 1.2, 1.1, 1.4}, TaperedLJ{lj, lj, 1, 6.25}), InvalidArgument);
  CHECK_THROWS_AS(Potential({1, 1}, {1, 1.2}, TaperedLJ{lj, lj, 1, 6.25}), InvalidArgument);
}
