// Homogeneous deformations at constant volume, by one number, the strain γ.
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "particles/box.h"

namespace pssglass {

/// x ← exp(γ L)·x with a traceless L. Energies per volume begin as ½ G γ² of simple and pure shear, and as
/// ½ 3G γ² of uniaxial strain, in an isotropic solid.
class Deformation {
 public:
  /// "simple" with plane "xy", "xz" or "yz": x ← x + γ y, x ← x + γ z, y ← y + γ z. "pure" with the same
  /// planes: the first axis × e^(γ/2), the second × e^(−γ/2). "uniaxial" with "x", "y" or "z": this axis
  /// × e^γ, the others × e^(−γ/2). Throws InvalidArgument for any other.
  Deformation(std::string_view kind, std::string_view plane);

  /// L.
  const Eigen::Matrix3d& gradient() const { return gradient_; }
  Vec3 moved(const Vec3& r, double strain) const;
  /// The deformed box, with the smallest tilts that the same lattice has: |xy·Ly| and |xz·Lz| at most Lx/2,
  /// |yz·Lz| at most Ly/2.
  Box moved(const Box& box, double strain) const;

 private:
  Eigen::Matrix3d exponential(double strain) const;

  Eigen::Matrix3d gradient_ = Eigen::Matrix3d::Zero();
};

/// The same lattice with the smallest tilts: edge vectors of the second and third axis less whole multiples
/// of those before them.
Box reduced(const Box& box);

}  // namespace pssglass
