#include <doctest/doctest.h>

#include <Eigen/LU>
#include <string>
#include <utility>

#include "base/columns.h"
#include "deformation/deformation.h"
#include "deformation/quasistatic.h"
#include "forces/forces.h"
#include "glass.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

const std::pair<std::string, std::string> kDeformations[] = {
    {"simple", "xy"}, {"simple", "xz"},  {"simple", "yz"},  {"pure", "xy"},    {"pure", "xz"},
    {"pure", "yz"},   {"uniaxial", "x"}, {"uniaxial", "y"}, {"uniaxial", "z"},
};
constexpr double kTolerance = 1e-9;

Vectors edges(const Box& box) {
  return {box.cartesian({1, 0, 0}), box.cartesian({0, 1, 0}), box.cartesian({0, 0, 1})};
}

}  // namespace

TEST_CASE("no deformation changes the volume") {
  const Box box(5, 6, 7, 0.2, -0.1, 0.3);
  for (const auto& [kind, plane] : kDeformations) {
    const Deformation deformation(kind, plane);
    CHECK(deformation.gradient().trace() == 0);
    for (const double strain : {-0.7, 1e-6, 0.3, 1.2})
      CHECK(deformation.moved(box, strain).volume() == doctest::Approx(box.volume()).epsilon(1e-14));
  }
}

TEST_CASE("tilts stay small, and the lattice is the same") {
  const Box box(5, 6, 7, 0.2, -0.1, 0.3);
  for (const auto& [kind, plane] : kDeformations) {
    const Deformation deformation(kind, plane);
    for (const double strain : {-1.4, -0.7, 0.3, 0.7, 2.0}) {
      const Box moved = deformation.moved(box, strain);
      CHECK(std::abs(moved.xy()) * moved.ly() <= 0.5 * moved.lx() * (1 + 1e-14));
      CHECK(std::abs(moved.xz()) * moved.lz() <= 0.5 * moved.lx() * (1 + 1e-14));
      CHECK(std::abs(moved.yz()) * moved.lz() <= 0.5 * moved.ly() * (1 + 1e-14));
      const Vectors before = edges(box), after = edges(moved);
      Eigen::Matrix3d images, reduced;
      for (Eigen::Index k = 0; k < 3; ++k) {
        const auto edge = static_cast<std::size_t>(k);
        const Vec3 image = deformation.moved(before[edge], strain);
        images.col(k) << image.x, image.y, image.z;
        reduced.col(k) << after[edge].x, after[edge].y, after[edge].z;
      }
      // The same lattice: each edge is a whole number of each of the others' images.
      const Eigen::Matrix3d whole = images.inverse() * reduced;
      CHECK((whole - whole.array().round().matrix()).cwiseAbs().maxCoeff() < 1e-12);
      CHECK(whole.determinant() == doctest::Approx(1).epsilon(1e-12));
    }
  }
}

TEST_CASE("strains along a path add up") {
  const Vec3 r{1, -2, 3};
  for (const auto& [kind, plane] : kDeformations) {
    const Deformation deformation(kind, plane);
    const Vec3 twice = deformation.moved(deformation.moved(r, 0.3), -0.1), once = deformation.moved(r, 0.2);
    CHECK(norm(twice - once) < 1e-14);
  }
}

TEST_CASE("what does not exist is refused") {
  CHECK_THROWS_AS(Deformation("simple", "zx"), InvalidArgument);
  CHECK_THROWS_AS(Deformation("uniaxial", "xy"), InvalidArgument);
  CHECK_THROWS_AS(Deformation("bulk", "xy"), InvalidArgument);
}

TEST_CASE("a strained minimum is stationary, and its slopes are those of finite differences") {
  const System system = glass(1.5);
  const Potential potential = sticky(1.5);
  for (const auto& chosen : {kDeformations[0], kDeformations[4], kDeformations[8]}) {
    CAPTURE(chosen.first);
    const Deformation deformation(chosen.first, chosen.second);
    const Quasistatic branch(system, potential, deformation, kTolerance, 1);
    const StrainedState start = branch.state(0, system.positions);
    REQUIRE(start.positive);
    const double h = 1e-5;
    const auto up = branch.follow(start, h), down = branch.follow(start, -h);
    REQUIRE(up);
    REQUIRE(down);
    for (const StrainedState& one : {*up, *down}) {
      const System strained{one.box, one.positions, system.species};
      const ForceField field = evaluate(strained, potential);
      CHECK(max_norm(field.forces) < kTolerance);
      CHECK(field.energy == doctest::Approx(one.energy).epsilon(1e-13));
      CHECK(one.box.volume() == doctest::Approx(system.box.volume()).epsilon(1e-14));
      const System affine{one.box, branch.moved(start.positions, one.strain), system.species};
      CHECK(one.energy < evaluate(affine, potential).energy);
    }
    const double volume = system.box.volume();
    CHECK(start.stress == doctest::Approx((up->energy - down->energy) / (2 * h) / volume).epsilon(1e-6));
    CHECK(start.modulus == doctest::Approx((up->stress - down->stress) / (2 * h)).epsilon(1e-4));
    // What is nonaffine of a motion: its difference from the affine image of the start.
    const Vectors above = branch.moved(start.positions, h), below = branch.moved(start.positions, -h);
    const Vector nonaffine =
        (as_column(up->positions) - as_column(above)) - (as_column(down->positions) - as_column(below));
    const Vector tangent = as_column(start.tangent);
    CHECK((nonaffine / (2 * h) - tangent).norm() < 1e-3 * tangent.norm());
  }
}
