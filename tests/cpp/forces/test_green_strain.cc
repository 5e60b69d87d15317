#include <doctest/doctest.h>

#include <cmath>

#include "forces/energetics.h"
#include "forces/green_strain.h"
#include "forces/strain.h"
#include "glass.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

Pairs pairs_of(const System& system, const Potential& potential) {
  return interacting_pairs(system, potential);
}

Voigt first_of(const System& system, const Potential& potential) {
  return virials(system.size(), pairs_of(system, potential)).rowwise().sum();
}

}  // namespace

TEST_CASE("simple shear and dilation are made of Green's strain") {
  // x ← x + γy: 2E_xy = γ, 2E_yy = γ²; dilation by e^η: 2E_aa = e^2η − 1.
  for (double rc : kStickyCutoffs) {
    const Potential potential = sticky(rc);
    const System system = jittered_lattice(5, 0.05, 5);
    const Pairs pairs = pairs_of(system, potential);
    const StrainDerivatives simple = strain_derivatives(system.size(), pairs);
    const GreenStrainDerivatives green = green_strain_derivatives(system.size(), pairs);
    const Voigt first = first_of(system, potential);
    CHECK(simple.first[shear_xy] == doctest::Approx(first[5]).epsilon(1e-12));
    CHECK(simple.first[shear_yz] == doctest::Approx(first[3]).epsilon(1e-12));
    CHECK(simple.second[shear_xy] == doctest::Approx(green.second(5, 5) + first[1]).epsilon(1e-11));
    CHECK(simple.second[shear_xz] == doctest::Approx(green.second(4, 4) + first[2]).epsilon(1e-11));
    const double axial = green.second.topLeftCorner<3, 3>().sum();
    CHECK(simple.first[dilation] == doctest::Approx(first.head<3>().sum()).epsilon(1e-12));
    CHECK(simple.second[dilation] == doctest::Approx(axial + 2 * first.head<3>().sum()).epsilon(1e-11));
  }
}

TEST_CASE("second derivatives are differences of the virial, also between different components") {
  // Simple shear by γ in x–y at fixed reduced coordinates: dS_a/dγ, S_a = F⁻¹·σ·F⁻ᵀ taken back to E.
  const Potential potential = sticky(1.5);
  const System system = jittered_lattice(5, 0.05, 6);
  const GreenStrainDerivatives green = green_strain_derivatives(system.size(), pairs_of(system, potential));
  const double h = 1e-5;
  const auto pulled_back = [&](double gamma) {
    const Voigt v = first_of(sheared(system, gamma), potential);
    Eigen::Matrix3d stress;
    stress << v[0], v[5], v[4], v[5], v[1], v[3], v[4], v[3], v[2];
    Eigen::Matrix3d back = Eigen::Matrix3d::Identity();
    back(0, 1) = -gamma;
    const Eigen::Matrix3d s = back * stress * back.transpose();
    return Voigt{s(0, 0), s(1, 1), s(2, 2), s(1, 2), s(0, 2), s(0, 1)};
  };
  const Voigt slope = (pulled_back(h) - pulled_back(-h)) / (2 * h);
  for (int a = 0; a < 6; ++a) CHECK(green.second(a, 5) == doctest::Approx(slope[a]).epsilon(1e-5).scale(100));
}

TEST_CASE("the mixed derivative is the gradient of the virial") {
  const Potential potential = sticky(1.2);
  const System system = jittered_lattice(5, 0.05, 7);
  const GreenStrainDerivatives green = green_strain_derivatives(system.size(), pairs_of(system, potential));
  const double h = 1e-6;
  for (std::size_t i : {3u, 77u}) {
    System up = system, down = system;
    up.positions[i].z += h;
    down.positions[i].z -= h;
    const Voigt slope = (first_of(up, potential) - first_of(down, potential)) / (2 * h);
    for (int a = 0; a < 6; ++a)
      CHECK(green.mixed(static_cast<Eigen::Index>(3 * i + 2), a) ==
            doctest::Approx(slope[a]).epsilon(1e-5).scale(100));
  }
}
