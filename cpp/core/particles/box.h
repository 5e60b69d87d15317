// The periodic box, centred on the origin, with edge vectors a = (Lx, 0, 0), b = (xy·Ly, Ly, 0),
// c = (xz·Lz, yz·Lz, Lz): the convention of HOOMD-blue and GSD.
#pragma once

#include "base/error.h"
#include "base/vectors.h"

namespace pssglass {

class Box {
 public:
  /// Throws InvalidArgument unless all lengths are finite and positive and all tilts finite.
  Box(double lx, double ly, double lz, double xy = 0, double xz = 0, double yz = 0);
  static Box cubic(double length) { return {length, length, length}; }

  double lx() const { return lx_; }
  double ly() const { return ly_; }
  double lz() const { return lz_; }
  double xy() const { return xy_; }
  double xz() const { return xz_; }
  double yz() const { return yz_; }
  double volume() const { return lx_ * ly_ * lz_; }

  /// Coordinates along the edge vectors, in [-1/2, 1/2) inside the box.
  Vec3 fractional(const Vec3& r) const {
    const double z = r.z / lz_;
    const double y = (r.y - yz_ * r.z) / ly_;
    const double x = (r.x - xy_ * (r.y - yz_ * r.z) - xz_ * r.z) / lx_;
    return {x, y, z};
  }
  Vec3 cartesian(const Vec3& s) const {
    const double z = s.z * lz_;
    const double y = s.y * ly_;
    return {s.x * lx_ + xy_ * y + xz_ * z, y + yz_ * z, z};
  }

  /// Shortest periodic image of a displacement; exact for displacements up to half the plane distance.
  Vec3 minimum_image(Vec3 d) const {
    // Adding 1.5·2⁵² rounds to an integer without a call.
    const auto nearest = [](double u) { return (u + 0x1.8p52) - 0x1.8p52; };
    const double sheared = d.y - yz_ * d.z;
    return d - cartesian({nearest((d.x - xy_ * sheared - xz_ * d.z) * inverse_.x),
                          nearest(sheared * inverse_.y), nearest(d.z * inverse_.z)});
  }
  /// Moves r into the box and counts the crossings in `image`.
  Vec3 wrap(const Vec3& r, Image& image) const;

  /// Distances between opposite faces.
  Vec3 plane_distances() const;
  /// Throws BoxTooSmall unless every plane distance is at least two cutoffs.
  void require_cutoff(double cutoff) const;

  /// Simple shear x ← x + γ y [paper, Eq. A2], applied on top of the present tilt.
  Box sheared(double gamma) const { return {lx_, ly_, lz_, xy_ + gamma, xz_ + gamma * yz_, yz_}; }
  /// Isotropic dilation by e^η [paper, Eq. A5].
  Box dilated(double eta) const;

 private:
  double lx_, ly_, lz_, xy_, xz_, yz_;
  Vec3 inverse_;  // of the lengths: multiplying finds images sooner than dividing
};

}  // namespace pssglass
