#include <doctest/doctest.h>

#include "glass.h"
#include "mechanics/cholesky.h"
#include "mechanics/dense.h"
#include "mechanics/mechanics.h"
#include "mechanics/spectra_solver.h"

using namespace pssglass;
using namespace pssglass::test;

TEST_CASE("the lowest modes are those of the dense matrix, translations left out") {
  for (double rc : {1.1, 1.5}) {
    Mechanics mechanics(glass(rc), sticky(rc));
    const DenseModes dense = dense_modes(mechanics.hessian());
    const Modes modes = mechanics.modes(20);
    REQUIRE(modes.converged);
    for (Eigen::Index k = 0; k < 20; ++k) {
      CHECK(modes.eigenvalues[k] == doctest::Approx(dense.eigenvalues[k + 3]).epsilon(1e-9));
      CHECK(std::abs(modes.vectors.col(k).dot(dense.eigenvectors.col(k + 3))) > 1 - 1e-8);
      CHECK(modes.residuals[k] < 1e-9 * modes.eigenvalues[k]);
    }
  }
}

TEST_CASE("all modes that there are can be asked for") {
  Mechanics mechanics(glass(1.1), sticky(1.1));
  const DenseModes dense = dense_modes(mechanics.hessian());
  const Modes modes = mechanics.modes(372);
  REQUIRE(modes.converged);
  CHECK((modes.eigenvalues - dense.eigenvalues.tail(372)).cwiseAbs().maxCoeff() < 1e-9);
  CHECK(modes.residuals.maxCoeff() < 1e-9);
}

TEST_CASE("Spectra's restarted Lanczos method finds the same modes, degenerate ones included") {
  // Eight copies of a glass have phonons of the copies' box, sixfold and more degenerate.
  const System one = glass(1.2);
  System system{Box::cubic(2 * one.box.lx()), {}, {}};
  for (int copy = 0; copy < 8; ++copy)
    for (std::size_t i = 0; i < one.size(); ++i) {
      const Vec3 shift{double(copy % 2), double(copy / 2 % 2), double(copy / 4)};
      system.positions.push_back(one.positions[i] + one.box.lx() * shift);
      system.species.push_back(one.species[i]);
    }
  Mechanics mechanics(system, sticky(1.2));
  CholeskyFactor factor;
  REQUIRE(factor.factorize(mechanics.hessian()));
  const LinearOperator inverse = [&](ConstMatrixView x) { return factor.apply(x); };
  const Eigenpairs expected = spectra_largest_eigenpairs(inverse, 3000, 30, 1e-12);
  const Modes modes = mechanics.modes(30);
  for (Eigen::Index k = 0; k < 30; ++k)
    CHECK(modes.eigenvalues[k] == doctest::Approx(1 / expected.values[k]).epsilon(1e-9));
  CHECK((modes.vectors.transpose() * modes.vectors - Matrix::Identity(30, 30)).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("the participation ratio is 1 for a plane wave's worth of motion and 1/N for one particle's") {
  Mechanics mechanics(glass(1.5), sticky(1.5));
  const Modes modes = mechanics.modes(30);
  CHECK(modes.participation_ratios.minCoeff() > 1.0 / 125);
  CHECK(modes.participation_ratios.maxCoeff() < 1);
  const auto weights = modes.vectors.col(0).reshaped(3, 125).colwise().squaredNorm().eval();
  CHECK(modes.participation_ratios[0] == doctest::Approx(1 / (125 * weights.squaredNorm())));
}

TEST_CASE("a glass is certified, with its lowest eigenvalues") {
  for (double rc : kTriedCutoffs) {
    Mechanics mechanics(glass(rc), sticky(rc));
    const Certificate& certificate = mechanics.certify();
    CHECK(certificate.positive);
    CHECK(certificate.zero_modes == 3);
    CHECK(certificate.lowest_eigenvalues[0] ==
          doctest::Approx(dense_spectrum(mechanics.hessian())[3]).epsilon(1e-5));
  }
}

TEST_CASE("a saddle is not certified, and its negative eigenvalues are found") {
  // The crystal of alternating species is stationary by symmetry and far from stable.
  Mechanics mechanics(jittered_lattice(6, 0, 1), sticky(1.1));
  CHECK(mechanics.energetics().max_force < 1e-9);
  const Certificate& certificate = mechanics.certify();
  CHECK_FALSE(certificate.positive);
  CHECK(certificate.negative_eigenvalues > 0);
  CHECK(certificate.lowest_eigenvalues[0] ==
        doctest::Approx(dense_spectrum(mechanics.hessian())[0]).epsilon(1e-5));
}

TEST_CASE("particles that do not interact are rattlers, and a pair of them is floppy") {
  System gas = jittered_lattice(4, 0.1, 5);
  gas.box = Box::cubic(6 * gas.box.lx());
  for (Vec3& r : gas.positions) r *= 6;
  const Certificate none = Mechanics(gas, sticky(1.5)).certify();
  CHECK_FALSE(none.positive);
  CHECK(none.negative_eigenvalues == 0);
  CHECK(none.rattlers == 64);
  CHECK_THROWS_AS(Mechanics(gas, sticky(1.5)).moduli(), NotPositiveDefinite);
  gas.positions[1] = gas.positions[0] + Vec3{1.18 * std::pow(2.0, 1.0 / 6), 0, 0};
  const Certificate pair = Mechanics(gas, sticky(1.5)).certify();
  CHECK_FALSE(pair.positive);
  CHECK(pair.rattlers == 62);
  CHECK(pair.zero_modes == 3 + 2);
}

TEST_CASE("nothing is certified nor called converged where the eigensolver gives up") {
  Mechanics mechanics(glass(1.5, 6), sticky(1.5));
  CHECK_FALSE(mechanics.modes(3, 1e-30).converged);
  // An operator that is not symmetric has no eigenvalues to find.
  const auto skewed = [](ConstMatrixView x) {
    Matrix y = x;
    for (Eigen::Index i = 0; i < y.rows(); ++i) y.row(i) = x.row((i + 3) % x.rows());
    return y;
  };
  CHECK_THROWS_AS(certify_minimum(mechanics.hessian(), skewed), NotConverged);
}

TEST_CASE("more modes than there are is refused") {
  Mechanics mechanics(glass(1.1), sticky(1.1));
  CHECK_THROWS_AS(mechanics.modes(373), InvalidArgument);
  CHECK_THROWS_AS(mechanics.modes(0), InvalidArgument);
}
