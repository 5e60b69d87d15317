#include "particles/box.h"

#include <algorithm>
#include <sstream>

namespace pssglass {

Box::Box(double lx, double ly, double lz, double xy, double xz, double yz)
    : lx_(lx), ly_(ly), lz_(lz), xy_(xy), xz_(xz), yz_(yz), inverse_{1 / lx, 1 / ly, 1 / lz} {
  const bool lengths = lx > 0 && ly > 0 && lz > 0 && std::isfinite(lx * ly * lz);
  if (!lengths || !std::isfinite(xy + xz + yz)) {
    std::ostringstream message;
    message << "box lengths must be positive and finite and tilts finite, got (" << lx << ", " << ly << ", "
            << lz << "; " << xy << ", " << xz << ", " << yz
            << "): give the lengths in units of the small diameter";
    throw InvalidArgument(message.str());
  }
}

Vec3 Box::wrap(const Vec3& r, Image& image) const {
  const Vec3 s = fractional(r);
  const Vec3 shift{std::floor(s.x + 0.5), std::floor(s.y + 0.5), std::floor(s.z + 0.5)};
  image.x += static_cast<std::int32_t>(shift.x);
  image.y += static_cast<std::int32_t>(shift.y);
  image.z += static_cast<std::int32_t>(shift.z);
  return r - cartesian(shift);
}

Vec3 Box::plane_distances() const {
  const double skew = xy_ * yz_ - xz_;
  return {lx_ / std::sqrt(1 + xy_ * xy_ + skew * skew), ly_ / std::sqrt(1 + yz_ * yz_), lz_};
}

void Box::require_cutoff(double cutoff) const {
  const Vec3 distances = plane_distances();
  const double narrowest = std::min({distances.x, distances.y, distances.z});
  if (narrowest >= 2 * cutoff) return;
  std::ostringstream message;
  message << "box is " << narrowest << " wide but the cutoff " << cutoff << " needs at least " << 2 * cutoff
          << ": use more particles, a lower density or a shorter cutoff";
  throw BoxTooSmall(message.str());
}

Box Box::dilated(double eta) const {
  const double s = std::exp(eta);
  return {lx_ * s, ly_ * s, lz_ * s, xy_, xz_, yz_};
}

}  // namespace pssglass
