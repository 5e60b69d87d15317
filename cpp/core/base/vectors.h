// Scalars and small vectors shared by the whole core.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pssglass {

/// A point, displacement or force; N×3 arrays are contiguous `std::vector<Vec3>`.
struct Vec3 {
  double x = 0, y = 0, z = 0;

  Vec3& operator+=(const Vec3& o) { return x += o.x, y += o.y, z += o.z, *this; }
  Vec3& operator-=(const Vec3& o) { return x -= o.x, y -= o.y, z -= o.z, *this; }
  Vec3& operator*=(double s) { return x *= s, y *= s, z *= s, *this; }
  friend Vec3 operator+(Vec3 a, const Vec3& b) { return a += b; }
  friend Vec3 operator-(Vec3 a, const Vec3& b) { return a -= b; }
  friend Vec3 operator*(Vec3 a, double s) { return a *= s; }
  friend Vec3 operator*(double s, Vec3 a) { return a *= s; }
  friend bool operator==(const Vec3&, const Vec3&) = default;
};
static_assert(sizeof(Vec3) == 3 * sizeof(double));

inline double dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline double norm(const Vec3& a) { return std::sqrt(dot(a, a)); }

using Vectors = std::vector<Vec3>;
using Species = std::vector<int>;

/// How often a particle has left the box through each pair of faces.
struct Image {
  std::int32_t x = 0, y = 0, z = 0;
  friend bool operator==(const Image&, const Image&) = default;
};

/// Symmetric second-rank tensor.
struct Tensor {
  double xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0;

  Tensor& operator+=(const Tensor& o) {
    xx += o.xx, yy += o.yy, zz += o.zz, xy += o.xy, xz += o.xz, yz += o.yz;
    return *this;
  }
  Tensor& operator*=(double s) { return xx *= s, yy *= s, zz *= s, xy *= s, xz *= s, yz *= s, *this; }
  double trace() const { return xx + yy + zz; }
};

}  // namespace pssglass
