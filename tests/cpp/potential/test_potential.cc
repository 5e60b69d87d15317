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
  for (int model = 0; model < 9; ++model) {
    const Potential potential = model < 4   ? sticky(kStickyCutoffs[model])
                                : model < 6 ? contacts(model == 4 ? 2 : 2.5)
                                : model < 7 ? inverse_power()
                                : model < 8 ? joined_powers()
                                            : table();
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
  CHECK(contacts(2.5).scale(1, 1).cutoff2 == doctest::Approx(1.9 * 1.9));
  CHECK(contacts(2.5).terms(0, 1, 1.7 * 1.7).curvature == 0);
  CHECK_THROWS_AS(contacts(3), InvalidArgument);
  CHECK_THROWS_AS(Potential({1}, {1}, Hertzian{0, 2}), InvalidArgument);
}

TEST_CASE("sticky spheres are inverse powers with a joint") {
  for (double x : {0.7, 0.95, 1.0, 1.122, 1.123, 1.2, 1.3, 1.346, 1.35}) {
    const PairTerms one = sticky(1.2).terms(0, 0, x * x), other = joined_powers().terms(0, 0, x * x);
    CHECK(other.energy == doctest::Approx(one.energy).epsilon(1e-12));
    CHECK(other.slope == doctest::Approx(one.slope).epsilon(1e-11));
    CHECK(other.curvature == doctest::Approx(one.curvature).epsilon(1e-10));
  }
}

TEST_CASE("inverse powers of any even exponents, and no others") {
  for (int n : {2, 4, 6, 14, 30, 36, 62, 64}) {
    const Potential one({1}, {1}, InversePowers<1>::from({{{double(n)}, {2}, {0.5}, {2}}}));
    const PairTerms terms = one.terms(0, 0, 1.21);
    const double power = 2 * std::pow(1.1, -n);
    CHECK(terms.energy == doctest::Approx(power + 0.5).epsilon(1e-13));
    CHECK(terms.slope == doctest::Approx(-n * power / 1.21).epsilon(1e-13));
    CHECK(terms.curvature == doctest::Approx(n * (n + 2) * power / (1.21 * 1.21)).epsilon(1e-13));
  }
  CHECK_THROWS_AS(InversePowers<1>::from({{{3}, {1}, {0}, {1}}}), InvalidArgument);
  CHECK_THROWS_AS(InversePowers<1>::from({{{6, 4}, {1, 1}, {0}, {1}}}), InvalidArgument);
  CHECK_THROWS_AS(InversePowers<1>::from({{{6, 12}, {1}, {0}, {1}}}), InvalidArgument);
}

TEST_CASE("a table approaches what it was made from with the sixth, fifth and fourth power of its spacing") {
  const Potential exact = sticky(1.5);
  std::array<double, 3> last{};
  for (int cells : {100, 200, 400}) {
    const Potential tabulated = table(cells);
    std::array<double, 3> worst{};
    for (double x = 0.9; x < 1.1; x += 0.00123) {
      const PairTerms one = exact.terms(0, 0, x * x), other = tabulated.terms(0, 0, x * x);
      const std::array difference{other.energy - one.energy, other.slope - one.slope,
                                  other.curvature - one.curvature};
      for (std::size_t k = 0; k < 3; ++k) worst[k] = std::max(worst[k], std::abs(difference[k]));
    }
    for (int k = 0; k < 3 && cells > 100; ++k)
      CHECK(std::log2(last[std::size_t(k)] / worst[std::size_t(k)]) == doctest::Approx(6 - k).epsilon(0.1));
    last = worst;
  }
}

TEST_CASE("a table follows its potential to the cutoff") {
  const Potential exact = sticky(1.5), tabulated = table(500);
  const double q_cut = exact.scale(0, 0).cutoff2, width = (q_cut - 0.49) / 500;
  for (double from_end : {2.3, 1.2, 0.8, 0.4, 0.1}) {
    const PairTerms one = exact.terms(0, 0, q_cut - from_end * width);
    const PairTerms other = tabulated.terms(0, 0, q_cut - from_end * width);
    CHECK(other.energy == doctest::Approx(one.energy).epsilon(1e-4));
    CHECK(other.slope == doctest::Approx(one.slope).epsilon(1e-4));
    CHECK(other.curvature == doctest::Approx(one.curvature).epsilon(1e-4));
  }
}

TEST_CASE("a table is continuous in three derivatives at its nodes and before the first") {
  const int cells = 80;
  const Potential potential = table(cells);
  const double q_cut = potential.scale(0, 0).cutoff2;
  for (int k = 0; k < cells; ++k) {
    const double q = 0.49 + (q_cut - 0.49) * k / cells, h = 1e-9;
    const PairTerms below = potential.terms(0, 0, q - h), above = potential.terms(0, 0, q + h);
    CHECK(below.energy - above.energy == doctest::Approx(-below.slope * h).epsilon(1e-4).scale(1e-12));
    CHECK(below.slope == doctest::Approx(above.slope).epsilon(1e-5).scale(1e-5));
    CHECK(below.curvature == doctest::Approx(above.curvature).epsilon(1e-4).scale(1e-4));
  }
  const PairTerms first = potential.terms(0, 0, 0.49), inside = potential.terms(0, 0, 0.09);
  CHECK(inside.curvature == doctest::Approx(first.curvature));
  CHECK(inside.slope == doctest::Approx(first.slope - 0.5 * 0.4 * first.curvature));
  CHECK(inside.energy ==
        doctest::Approx(first.energy - 0.5 * 0.4 * first.slope + 0.125 * 0.16 * first.curvature));
}

TEST_CASE("a potential's copies keep its table") {
  const auto copy = [] { return table(); }();
  const double energy = table().terms(0, 0, 1.0).energy;
  CHECK(copy.terms(0, 0, 1.0).energy == energy);
}

TEST_CASE("tables that make no potential are refused") {
  CHECK_THROWS_AS(Table::from({{{0.5}, {1}, {1, 0, 0}}}), InvalidArgument);
  CHECK_THROWS_AS(Table::from({{{0.5}, {1}, {1, 0, 0, 0, 0}}}), InvalidArgument);
  CHECK_THROWS_AS(Table::from({{{1}, {1}, {1, 0, 0, 0, 0, 0}}}), InvalidArgument);
  CHECK_THROWS_AS(Table::from({{{0.5}, {1}, {1, NAN, 0, 0, 0, 0}}}), InvalidArgument);
}

TEST_CASE("a pair table that is not symmetric is refused") {
  const TaperedLJ::Piece lj{4, 4, 0, 0, 0, 0};
  CHECK_THROWS_AS(Potential({1, 1, 1, 1}, {1, 1.2, 1.1, 1.4}, TaperedLJ{lj, lj, 1, 6.25}), InvalidArgument);
  CHECK_THROWS_AS(Potential({1, 1}, {1, 1.2}, TaperedLJ{lj, lj, 1, 6.25}), InvalidArgument);
}
