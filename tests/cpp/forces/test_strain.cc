#include <doctest/doctest.h>

#include "forces/strain.h"
#include "glass.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

System strained(const System& system, Strain strain, double amount) {
  if (strain == dilation) return dilated(system, amount);
  if (strain == shear_xy) return sheared(system, amount);
  // Box tilts add up only for shear along x from an upright box: enough for xz; yz likewise.
  const Box& box = system.box;
  System out{strain == shear_xz ? Box(box.lx(), box.ly(), box.lz(), 0, amount, 0)
                                : Box(box.lx(), box.ly(), box.lz(), 0, 0, amount),
             system.positions, system.species};
  for (Vec3& r : out.positions) (strain == shear_xz ? r.x : r.y) += amount * r.z;
  return out;
}

StrainDerivatives derivatives(const System& system, const Potential& potential) {
  return strain_derivatives(system.size(), interacting_pairs(system, potential));
}

}  // namespace

TEST_CASE("first and second strain derivatives agree with differences of the energy, for every cutoff") {
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    const System system = jittered_lattice(5, 0.05, 5);
    const StrainDerivatives exact = derivatives(system, potential);
    for (Strain strain : {shear_xy, shear_xz, shear_yz, dilation}) {
      const double h = 1e-5;
      const auto energy = [&](double at) { return evaluate(strained(system, strain, at), potential).energy; };
      const auto slope = [&](double at) { return (energy(at + h) - energy(at - h)) / (2 * h); };
      const double second = (derivatives(strained(system, dilation, h), potential).first[dilation] -
                             derivatives(strained(system, dilation, -h), potential).first[dilation]) /
                            (2 * h);
      CHECK(exact.first[strain] == doctest::Approx(slope(0)).epsilon(1e-5));
      if (strain == dilation) CHECK(exact.second[strain] == doctest::Approx(second).epsilon(1e-5));
      const double curvature = (energy(1e-4) - 2 * energy(0) + energy(-1e-4)) / 1e-8;
      CHECK(exact.second[strain] == doctest::Approx(curvature).epsilon(2e-3));
    }
  }
}

TEST_CASE("the mixed derivative is the gradient of the strain derivative") {
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    const System system = jittered_lattice(5, 0.05, 6);
    const StrainDerivatives exact = derivatives(system, potential);
    const double h = 1e-6;
    for (std::size_t i : {3u, 77u}) {
      System up = system, down = system;
      up.positions[i].y += h;
      down.positions[i].y -= h;
      const auto above = derivatives(up, potential).first, below = derivatives(down, potential).first;
      for (std::size_t s = 0; s < kStrains; ++s)
        CHECK(exact.mixed(static_cast<Eigen::Index>(3 * i + 1), static_cast<Eigen::Index>(s)) ==
              doctest::Approx((above[s] - below[s]) / (2 * h)).epsilon(1e-5).scale(100));
    }
  }
}
