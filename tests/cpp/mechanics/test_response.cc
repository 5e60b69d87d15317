#include <doctest/doctest.h>

#include "glass.h"
#include "mechanics/cholesky.h"
#include "mechanics/dense.h"
#include "mechanics/mechanics.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

/// Energy and pressure of a strained glass after it has relaxed again.
Energetics relaxed(const System& strained, const Potential& potential) {
  const QuenchResult result = minimize(strained, potential, {QuenchMethod::fast, 1e-9});
  REQUIRE(result.converged);
  return Mechanics({strained.box, result.positions, strained.species}, potential).energetics();
}

}  // namespace

TEST_CASE("G is the curvature of the relaxed energy under shear, K the slope of the relaxed pressure") {
  for (double rc : kTriedCutoffs) {
    const Potential potential = sticky(rc);
    const System system = glass(rc);
    Mechanics mechanics(system, potential);
    const Moduli& moduli = mechanics.moduli();
    const double h = 1e-5, volume = system.box.volume();

    const auto energy = [&](double gamma) { return relaxed(sheared(system, gamma), potential).energy; };
    const double shear = (energy(100 * h) - 2 * energy(0) + energy(-100 * h)) / (1e4 * h * h) / volume;
    CHECK(moduli.shear_modulus == doctest::Approx(shear).epsilon(1e-3));

    const auto pressure = [&](double eta) { return relaxed(dilated(system, eta), potential).pressure; };
    const double bulk = -(pressure(h) - pressure(-h)) / (2 * h) / 3;
    CHECK(moduli.bulk_modulus == doctest::Approx(bulk).epsilon(1e-5));
    CHECK(moduli.shear_modulus == doctest::Approx(moduli.born_shear - moduli.shear_modulus_nonaffine));
  }
}

TEST_CASE("responses are those of the dense pseudo-inverse") {
  const Potential potential = sticky(1.5);
  Mechanics mechanics(glass(1.5), potential);
  const Matrix inverse = pseudo_inverse(mechanics.hessian());
  const Matrix b = Matrix::Random(375, 40);
  CHECK((mechanics.solve(b) - inverse * b).norm() < 1e-9 * (inverse * b).norm());

  std::vector<IndexPair> pairs;
  const std::vector<IndexPair> all = mechanics.pairs();
  for (std::size_t k = 0; k < all.size(); k += 50) pairs.push_back(all[k]);
  const Vector frequencies = mechanics.dipole_response(pairs);
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const Vector dipole = dipole_forces(mechanics.system(), {pairs[k]});
    const Vector u = inverse * dipole;
    CHECK(frequencies[static_cast<Eigen::Index>(k)] ==
          doctest::Approx(std::sqrt(u.dot(dipole) / u.squaredNorm())).epsilon(1e-9));
  }
}

TEST_CASE("the response does not depend on the particle that is pinned nor on the solver") {
  const Potential potential = sticky(1.1);
  Mechanics mechanics(glass(1.1), potential);
  const Matrix b = Matrix::Random(375, 3), x = mechanics.solve(b);
  for (int pinned : {0, 1, 60, 124}) {
    CholeskyFactor factor(eigen_cholesky(), pinned);
    REQUIRE(factor.factorize(mechanics.hessian()));
    CHECK((factor.solve(mechanics.hessian(), b) - x).norm() < 1e-11 * x.norm());
  }
}

TEST_CASE("solutions leave residuals at round-off and no translation") {
  Mechanics mechanics(glass(1.2, 6), sticky(1.2));
  Matrix b = Matrix::Random(648, 2);
  const Matrix x = mechanics.solve(b);
  Matrix product(b.rows(), b.cols());
  mechanics.hessian().multiply(x, product);
  project_out_translations(b);
  CHECK((product - b).norm() < 1e-12 * b.norm());
  CHECK(x.reshaped(3, x.size() / 3).leftCols(216).rowwise().sum().norm() < 1e-10);
}

TEST_CASE("a configuration that is no minimum has no response") {
  Mechanics mechanics(jittered_lattice(5, 0.1, 3), sticky(1.5));
  CHECK_THROWS_AS(mechanics.moduli(), NotPositiveDefinite);
}

TEST_CASE("dipoles of a particle with itself or with a stranger are refused") {
  Mechanics mechanics(glass(1.1), sticky(1.1));
  CHECK_THROWS_AS(mechanics.dipole_response({{4, 4}}), InvalidArgument);
  CHECK_THROWS_AS(mechanics.dipole_response({{4, 125}}), InvalidArgument);
}
