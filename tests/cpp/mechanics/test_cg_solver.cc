#include <doctest/doctest.h>

#include "glass.h"
#include "mechanics/certificate.h"
#include "mechanics/cg_solver.h"
#include "mechanics/cholesky.h"
#include "mechanics/mechanics.h"

using namespace pssglass;
using namespace pssglass::test;

TEST_CASE("conjugate gradients agree with the factorisation, for any number of columns and every cutoff") {
  for (double rc : kTriedCutoffs) {
    Mechanics mechanics(glass(rc, 6), sticky(rc));
    CholeskyFactor factor;
    REQUIRE(factor.factorize(mechanics.hessian()));
    const CgSolver solver(mechanics.hessian());
    for (Eigen::Index columns : {1, 3, 8, 21}) {
      const Matrix b = Matrix::Random(648, columns), exact = factor.apply(b);
      const CgSolver::Solution solution = solver.solve(b, 1e-12);
      CHECK(solution.converged);
      CHECK(solution.positive);
      CHECK((solution.x - exact).norm() < 1e-9 * exact.norm());
    }
  }
}

TEST_CASE("columns do not depend on the columns beside them nor on the number of threads") {
  Mechanics mechanics(glass(1.5), sticky(1.5));
  Matrix b = Matrix::Random(375, 20);
  b.col(4).setZero();
  const Matrix one = CgSolver(mechanics.hessian(), 1).solve(b, 1e-10).x;
  CHECK(CgSolver(mechanics.hessian(), 2).solve(b, 1e-10).x == one);
  CHECK(one.col(4).norm() == 0);
  const Matrix alone = CgSolver(mechanics.hessian()).solve(b.col(7), 1e-10).x;
  CHECK((alone - one.col(7)).norm() < 1e-8 * alone.norm());
}

TEST_CASE("a tolerance beyond round-off is given up, not looped on") {
  Mechanics mechanics(glass(1.5), sticky(1.5));
  const CgSolver::Solution solution = CgSolver(mechanics.hessian()).solve(Matrix::Random(375, 1), 1e-17);
  CHECK_FALSE(solution.converged);
  CHECK(solution.positive);
}

TEST_CASE("a direction of negative curvature is noticed") {
  const System crystal = jittered_lattice(6, 0.02, 1);
  Mechanics mechanics(crystal, sticky(1.1));
  REQUIRE(mechanics.certify().negative_eigenvalues > 0);
  CHECK_FALSE(CgSolver(mechanics.hessian()).solve(Matrix::Random(648, 1), 1e-10).positive);
  CHECK_FALSE(certify_iteratively(mechanics.hessian(), CgSolver(mechanics.hessian())).positive);
}

TEST_CASE("certifying without a factorisation agrees with it and bounds the lowest eigenvalue") {
  for (double rc : {1.1, 1.5}) {
    Mechanics mechanics(glass(rc), sticky(rc));
    const Certificate iterative = certify_iteratively(mechanics.hessian(), CgSolver(mechanics.hessian()));
    CHECK(iterative.positive);
    CHECK(iterative.zero_modes == 3);
    const double lowest = mechanics.certify().lowest_eigenvalues[0];
    CHECK(iterative.lowest_eigenvalues[0] > 0.999 * lowest);
    CHECK(iterative.lowest_eigenvalues[0] < 3 * lowest);
  }
}
