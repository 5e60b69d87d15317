#include "deformation/deformation.h"

#include <array>
#include <cmath>
#include <string>

namespace pssglass {
namespace {

constexpr std::array<std::string_view, 3> kPlanes{"xy", "xz", "yz"}, kAxes{"x", "y", "z"};

/// Place of `plane` among the names; throws InvalidArgument that lists them.
std::size_t place(const std::array<std::string_view, 3>& names, std::string_view kind,
                  std::string_view plane) {
  for (std::size_t k = 0; k < names.size(); ++k)
    if (names[k] == plane) return k;
  throw InvalidArgument("plane = '" + std::string(plane) + "' does not exist: " + std::string(kind) +
                        " deformation takes " + std::string(names[0]) + ", " + std::string(names[1]) +
                        " or " + std::string(names[2]));
}

}  // namespace

Deformation::Deformation(std::string_view kind, std::string_view plane) {
  constexpr std::array<std::array<Eigen::Index, 2>, 3> kPairs{{{0, 1}, {0, 2}, {1, 2}}};
  if (kind == "simple") {
    const auto [a, b] = kPairs[place(kPlanes, kind, plane)];
    gradient_(a, b) = 1;
  } else if (kind == "pure") {
    const auto [a, b] = kPairs[place(kPlanes, kind, plane)];
    gradient_(a, a) = 0.5, gradient_(b, b) = -0.5;
  } else if (kind == "uniaxial") {
    gradient_.diagonal().setConstant(-0.5);
    const auto axis = static_cast<Eigen::Index>(place(kAxes, kind, plane));
    gradient_(axis, axis) = 1;
  } else {
    throw InvalidArgument("kind = '" + std::string(kind) + "' must be simple, pure or uniaxial");
  }
}

/// Of a diagonal L, or of one whose square vanishes.
Eigen::Matrix3d Deformation::exponential(double strain) const {
  Eigen::Matrix3d out = strain * gradient_;
  out.diagonal() = out.diagonal().array().exp();
  return out;
}

Vec3 Deformation::moved(const Vec3& r, double strain) const {
  const Eigen::Vector3d out = exponential(strain) * Eigen::Vector3d(r.x, r.y, r.z);
  return {out[0], out[1], out[2]};
}

Box Deformation::moved(const Box& box, double strain) const {
  Eigen::Matrix3d edges;  // by columns
  edges << box.lx(), box.xy() * box.ly(), box.xz() * box.lz(), 0, box.ly(), box.yz() * box.lz(), 0, 0,
      box.lz();
  edges = (exponential(strain) * edges).eval();
  return reduced({edges(0, 0), edges(1, 1), edges(2, 2), edges(0, 1) / edges(1, 1), edges(0, 2) / edges(2, 2),
                  edges(1, 2) / edges(2, 2)});
}

Box reduced(const Box& box) {
  double bx = box.xy() * box.ly(), cx = box.xz() * box.lz(), cy = box.yz() * box.lz();
  // Ties go to neither side, so that tilts of exactly one half stay as they are.
  const auto excess = [](double tilt, double length) {
    return std::abs(tilt) <= 0.5 * length ? 0.0 : std::nearbyint(tilt / length);
  };
  bx -= excess(bx, box.lx()) * box.lx();
  const double along_b = excess(cy, box.ly());
  cy -= along_b * box.ly();
  cx -= along_b * bx;
  cx -= excess(cx, box.lx()) * box.lx();
  return {box.lx(), box.ly(), box.lz(), bx / box.ly(), cx / box.lz(), cy / box.lz()};
}

}  // namespace pssglass
