#include "minimise/release.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "mechanics/backbone.h"

namespace pssglass {
namespace {

constexpr int kMostHalvings = 5;

/// What holds one particle while all others stay where they are.
struct Cage {
  Eigen::Matrix3d stiffness = Eigen::Matrix3d::Zero();
  double way_out = 0;  ///< how far it must roll, at a right angle to its deepest contact, to leave it

  void add(const Pair& pair) {
    const Eigen::Vector3d d(pair.separation.x, pair.separation.y, pair.separation.z);
    stiffness += pair.curvature * d * d.transpose() + pair.slope * Eigen::Matrix3d::Identity();
    // Of harmonic spheres the overlap is force over stiffness, of Hertzian ones half as much again.
    const double radial = pair.curvature * pair.r2 + pair.slope;
    if (radial > 0) way_out = std::max(way_out, std::sqrt(2 * 1.5 * std::abs(pair.slope) / radial * pair.r2));
  }
};

/// Along the softest direction of each cage that is unstable.
Vector ways_out(const Backbone& backbone, const Pairs& pairs, const Vectors& forces) {
  std::vector<Cage> cages(forces.size());
  for (const Pair& pair : pairs)
    for (const int i : {pair.i, pair.j}) cages[static_cast<std::size_t>(i)].add(pair);
  Vector out = Vector::Zero(static_cast<Eigen::Index>(3 * forces.size()));
  for (const int i : backbone.rattlers()) {
    const Cage& cage = cages[static_cast<std::size_t>(i)];
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(cage.stiffness);
    if (!(solver.eigenvalues()[0] < 0)) continue;
    const Eigen::Vector3d direction = solver.eigenvectors().col(0);
    const double along = direction.dot(as_column(forces).segment<3>(3 * i));
    out.segment<3>(3 * i) = std::copysign(2 * cage.way_out, along) * direction;
  }
  return out;
}

}  // namespace

bool release_rattlers(Landscape& landscape, const Potential& potential, Point& point) {
  const System here = landscape.system(point);
  const Pairs pairs = interacting_pairs(here, potential);
  const Backbone backbone(here.size(), pairs, force_floor(pairs, max_norm(point.forces)));
  if (!backbone.has_loaded_rattlers()) return false;
  const Vector step = ways_out(backbone, pairs, point.forces);
  Point trial;
  for (int halvings = 0; halvings <= kMostHalvings; ++halvings) {
    landscape.evaluate_step(point, step, std::ldexp(1.0, -halvings), trial);
    if (trial.energy < point.energy) {
      std::swap(point, trial);
      return true;
    }
  }
  return false;
}

}  // namespace pssglass
