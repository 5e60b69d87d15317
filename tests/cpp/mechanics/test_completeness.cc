#include <doctest/doctest.h>

#include "base/error.h"
#include "glass.h"
#include "mechanics/cholesky.h"
#include "mechanics/completeness.h"
#include "mechanics/crystals.h"
#include "mechanics/dense.h"
#include "mechanics/mechanics.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

void check_against_dense(const System& crystal, double rc) {
  Mechanics mechanics(crystal, sticky(rc));
  REQUIRE(mechanics.certify().positive);
  const Vector dense = dense_spectrum(mechanics.hessian());
  for (Eigensolver solver : {Eigensolver::block, Eigensolver::spectra})
    for (int count : {1, 5, 12, 24, 30, 40, 100}) {
      const Modes modes = mechanics.modes(count, 1e-10, solver);
      REQUIRE(modes.converged);
      REQUIRE(modes.eigenvalues.size() == count);
      CHECK((modes.eigenvalues.array() / dense.segment(3, count).array() - 1).abs().maxCoeff() < 1e-10);
      CHECK(modes.residuals.maxCoeff() < 1e-7);
      CHECK(
          (modes.vectors.transpose() * modes.vectors - Matrix::Identity(count, count)).cwiseAbs().maxCoeff() <
          1e-10);
    }
}

}  // namespace

TEST_CASE("no mode of a perfect crystal is missing, whatever its degeneracy") {
  check_against_dense(face_centred(size_of_test(4, 3)), 1.3);
  check_against_dense(caesium_chloride(size_of_test(5, 4)), 1.5);
}

TEST_CASE("eigenvalues below a value are counted, those of the translations among them") {
  const Hessian hessians[] = {Mechanics(glass(1.5), sticky(1.5)).hessian(),
                              Mechanics(jittered_lattice(size_of_test(6, 5), 0.1, 3), sticky(1.1)).hessian(),
                              Mechanics(face_centred(size_of_test(4, 3)), sticky(1.3)).hessian()};
  for (const Hessian& hessian : hessians) {
    const Vector dense = dense_spectrum(hessian);
    for (auto* backend : {&cholmod_cholesky, +[](int) { return eigen_cholesky(); }}) {
      if (!backend(1)) continue;
      CholeskyFactor factor(backend(1), CholeskyFactor::kUnpinned);
      for (double quantile : {0.0, 0.05, 0.3, 0.71, 1.0}) {
        const auto k = static_cast<Eigen::Index>(quantile * static_cast<double>(dense.size() - 1));
        const double value = dense[k] + 1e-5;
        const Inertia inertia = factor.eigenvalues_below(hessian, value);
        CAPTURE(dense.size());
        CAPTURE(backend == &cholmod_cholesky);
        CAPTURE(inertia.largest);
        CAPTURE(quantile);
        CHECK(inertia.negative == (dense.array() < value).count());
        CHECK(inertia.largest < 1e11);
      }
    }
  }
}

TEST_CASE("what was not found at first is found, or it is said that something is missing") {
  Mechanics mechanics(glass(1.5), sticky(1.5));
  CholeskyFactor factor;
  REQUIRE(factor.factorize(mechanics.hessian()));
  const LinearOperator inverse = [&](ConstMatrixView x) { return factor.apply(x); };
  const auto below = [&](int wrong_by) -> SpectrumCount {
    return [&mechanics, wrong_by](double value) {
      CholeskyFactor unpinned(sparse_cholesky(), CholeskyFactor::kUnpinned);
      Inertia inertia = unpinned.eigenvalues_below(mechanics.hessian(), value);
      inertia.negative += wrong_by - 3;
      return inertia;
    };
  };
  const Eigenpairs all = largest_eigenpairs(inverse, 375, 20, 1e-10);
  // Without the first, the third and the twelfth.
  const std::vector<Eigen::Index> kept{1, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19};
  const Eigenpairs some{all.values(kept), all.vectors(Eigen::all, kept), true};
  const Eigenpairs found = complete(some, inverse, 17, 1e-10, below(0));
  CHECK((found.values - all.values.head(17)).cwiseAbs().maxCoeff() < 1e-12);
  CHECK((found.vectors.transpose() * all.vectors.leftCols(17)).diagonal().cwiseAbs().minCoeff() > 1 - 1e-8);

  CHECK_THROWS_AS(complete(all, inverse, 20, 1e-10, below(1)), NotConverged);
  CHECK_THROWS_AS(complete(all, inverse, 20, 1e-10, below(-1)), NotConverged);
  const auto uncertain = [](double) { return Inertia{19, 1e30}; };
  CHECK_THROWS_AS(complete(all, inverse, 20, 1e-10, uncertain), NotConverged);
}
