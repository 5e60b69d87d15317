#include <doctest/doctest.h>

#include <cmath>

#include "forces/forces.h"
#include "glass.h"
#include "mechanics/dense.h"
#include "quasilocalised/bond_cost.h"
#include "quasilocalised/descent.h"
#include "quasilocalised/expansion.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

/// Columns of unit length without translations, the same in each run.
Matrix fields(std::size_t particles, Eigen::Index count) {
  Matrix out(static_cast<Eigen::Index>(3 * particles), count);
  for (Eigen::Index k = 0; k < count; ++k)
    for (std::size_t i = 0; i < particles; ++i) {
      const auto g = normals(static_cast<std::uint64_t>(k), kPlacement, 1, static_cast<std::uint32_t>(i));
      for (Eigen::Index a = 0; a < 3; ++a) out(static_cast<Eigen::Index>(3 * i) + a, k) = g[a];
    }
  project_out_translations(out);
  out.colwise().normalize();
  return out;
}

double energy_along(System system, const Potential& potential, const Vector& field, double step) {
  as_column(system.positions) += step * field;
  return evaluate(system, potential).energy;
}

}  // namespace

TEST_CASE("κ is that of the dense Hessian, and S that of the pairs") {
  Mechanics mechanics(glass(1.5), sticky(1.5));
  const Matrix hessian = dense(mechanics.hessian());
  const BondCost cost(mechanics.system().size(), mechanics.backbone_pairs());
  const Vector z = fields(mechanics.system().size(), 1);
  Vector force, quarter;
  const BondSums sums = cost.sums(z, force, quarter);
  CHECK(sums.stiffness == doctest::Approx(z.dot(hessian * z)).epsilon(1e-12));
  CHECK((force - hessian * z).norm() < 1e-12 * force.norm());
  double squares = 0;
  for (const IndexPair& pair : mechanics.pairs()) {
    const double square = (z.segment<3>(3 * pair[1]) - z.segment<3>(3 * pair[0])).squaredNorm();
    squares += square * square;
  }
  CHECK(sums.squares == doctest::Approx(squares).epsilon(1e-12));
}

TEST_CASE("the gradient of ln C is that of finite differences") {
  Mechanics mechanics(glass(1.2), sticky(1.2));
  BondCost cost(mechanics.system().size(), mechanics.backbone_pairs());
  const Matrix given = fields(mechanics.system().size(), 6);
  const Vector z = given.col(0);
  Vector gradient, unused;
  cost.evaluate(z, gradient);
  const double h = 1e-5;
  for (Eigen::Index k = 1; k < given.cols(); ++k) {
    const Vector along = given.col(k);
    const double up = cost.evaluate(z + h * along, unused), down = cost.evaluate(z - h * along, unused);
    CHECK(gradient.dot(along) == doctest::Approx((up - down) / (2 * h)).epsilon(1e-7));
  }
  CHECK(std::abs(gradient.dot(z)) < 1e-13 * gradient.norm());
  for (Eigen::Index a = 0; a < 3; ++a)
    CHECK(std::abs(gradient(Eigen::seq(a, Eigen::last, 3)).sum()) < 1e-12 * gradient.norm());
  CHECK(std::isinf(cost.evaluate(Vector::Zero(z.size()), unused)));
}

TEST_CASE("descents end in minima, whatever the number of threads") {
  const Mechanics mechanics(glass(1.2), sticky(1.2));
  const Matrix starts = fields(mechanics.system().size(), 3);
  const PseudoHarmonicModes found = pseudo_harmonic_modes(mechanics, starts, {}, 1);
  Vector costs;
  Matrix gradients;
  bond_costs(mechanics, found.vectors, costs, gradients);
  for (Eigen::Index k = 0; k < starts.cols(); ++k) {
    const Vector z = found.vectors.col(k);
    CHECK(found.residuals[k] <= 1e-10);
    CHECK(z.norm() == doctest::Approx(1).epsilon(1e-14));
    CHECK(gradients.col(k).norm() <= 1.01e-10);
    CHECK(std::exp(costs[k]) == doctest::Approx(found.costs[k]).epsilon(1e-12));
    Vector start_cost, near_cost;
    Matrix unused;
    bond_costs(mechanics, starts.col(k), start_cost, unused);
    CHECK(costs[k] < start_cost[0]);
    const Matrix near = (0.01 * fields(mechanics.system().size(), 8)).colwise() + z;
    bond_costs(mechanics, near, near_cost, unused);
    CHECK(near_cost.minCoeff() > costs[k]);
  }
  CHECK(pseudo_harmonic_modes(mechanics, starts, {}, 2).vectors == found.vectors);
  Matrix still = starts;
  still.col(1).setConstant(0.1);
  CHECK_THROWS_WITH_AS(pseudo_harmonic_modes(mechanics, still, {}, 1),
                       "start 1 moves no particles against each other", InvalidArgument);
}

TEST_CASE("κ, τ and χ are derivatives of the energy along a field") {
  const Potential potential = inverse_power();
  const System system = jittered_lattice(4, 0.05, 2);
  const Mechanics mechanics(system, potential);
  REQUIRE(mechanics.backbone().is_whole());
  const Matrix given = fields(system.size(), 3);
  const Expansion found = expansion(mechanics, given);
  const double h = 0.02;
  for (Eigen::Index k = 0; k < given.cols(); ++k) {
    const auto energy = [&](double steps) {
      return energy_along(system, potential, given.col(k), steps * h);
    };
    const double middle = energy(0), near = energy(1) + energy(-1), far = energy(2) + energy(-2);
    const double odd = energy(2) - energy(-2) - 2 * (energy(1) - energy(-1));
    CHECK(found.stiffnesses[k] ==
          doctest::Approx((16 * near - far - 30 * middle) / (12 * h * h)).epsilon(1e-4));
    CHECK(found.cubic[k] == doctest::Approx(odd / (2 * h * h * h)).epsilon(1e-2));
    CHECK(found.quartic[k] == doctest::Approx((far - 4 * near + 6 * middle) / (h * h * h * h)).epsilon(1e-2));
  }
}
