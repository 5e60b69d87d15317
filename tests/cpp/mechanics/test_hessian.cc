#include <doctest/doctest.h>

#include "forces/forces.h"
#include "mechanics/dense.h"
#include "mechanics/hessian.h"
#include "models.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

Hessian hessian_of(const System& system, const Potential& potential) {
  return {system.size(), interacting_pairs(system, potential)};
}

}  // namespace

TEST_CASE("the Hessian is minus the gradient of the forces, for every cutoff") {
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    const System system = jittered_lattice(5, 0.05, 2);
    const Matrix hessian = dense(hessian_of(system, potential));
    const double h = 1e-6;
    for (std::size_t i : {0u, 60u, 124u}) {
      System up = system, down = system;
      up.positions[i].z += h;
      down.positions[i].z -= h;
      const ForceField above = evaluate(up, potential), below = evaluate(down, potential);
      const Vector column = (as_column(below.forces) - as_column(above.forces)) / (2 * h);
      const Vector difference = column - hessian.col(static_cast<Eigen::Index>(3 * i + 2));
      CHECK(difference.cwiseAbs().maxCoeff() < 1e-6 * hessian.cwiseAbs().maxCoeff());
    }
  }
}

TEST_CASE("the Hessian is symmetric and does not feel translations") {
  const Matrix hessian = dense(hessian_of(jittered_lattice(5, 0.05, 2), sticky(1.5)));
  CHECK((hessian - hessian.transpose()).cwiseAbs().maxCoeff() == 0);
  for (Eigen::Index a = 0; a < 3; ++a) {
    Vector translation = Vector::Zero(hessian.cols());
    translation(Eigen::seq(a, Eigen::last, 3)).setOnes();
    CHECK((hessian * translation).cwiseAbs().maxCoeff() < 1e-13 * hessian.cwiseAbs().maxCoeff());
  }
}

TEST_CASE("compressed sparse rows are sorted and hold the same matrix") {
  const Hessian hessian = hessian_of(jittered_lattice(5, 0.1, 3), sticky(1.3));
  const CsrPattern csr = hessian.csr_pattern();
  Matrix rebuilt = Matrix::Zero(375, 375);
  REQUIRE(csr.indptr.size() == 376);
  for (int row = 0; row < 375; ++row)
    for (int k = csr.indptr[row]; k < csr.indptr[row + 1]; ++k) {
      if (k > csr.indptr[row]) CHECK(csr.indices[k] > csr.indices[k - 1]);
      rebuilt(row, csr.indices[k]) = hessian.values()[k];
    }
  CHECK(rebuilt == dense(hessian));
}

TEST_CASE("assembling anew on the same pairs gives what construction gives") {
  const Potential potential = sticky(1.5);
  const System system = jittered_lattice(5, 0.05, 2);
  Pairs pairs = interacting_pairs(system, potential);
  Hessian reused(system.size(), pairs);
  for (Pair& pair : pairs) {
    pair.separation *= 0.999;
    pair.slope *= 1.1;
  }
  reused.assemble(pairs);
  CHECK(reused.values() == Hessian(system.size(), pairs).values());
}
