// The energy surface as minimisers see it: points on it, and a budget of force evaluations.
#pragma once

#include <cstdint>

#include "base/columns.h"
#include "forces/force_evaluator.h"

namespace pssglass {

/// Positions with their energy and forces.
struct Point {
  Vectors positions, forces;
  double energy = 0;
};

class Landscape {
 public:
  Landscape(const System& system, const Potential& potential, std::int64_t max_evaluations, int threads)
      : evaluator_(system, potential, threads), budget_(max_evaluations) {}

  /// Energy and forces at the point's positions.
  void evaluate(Point& point) { point.energy = evaluator_.energy_forces(point.positions, point.forces); }

  /// `to` becomes the point reached from `from` by the displacement step·direction.
  void evaluate_step(const Point& from, const Vector& direction, double step, Point& to) {
    to.positions.resize(from.positions.size());
    as_column(to.positions) = as_column(from.positions) + step * direction;
    evaluate(to);
  }

  std::int64_t evaluations() const { return evaluator_.evaluations(); }
  bool exhausted() const { return evaluations() >= budget_; }

 private:
  ForceEvaluator evaluator_;
  std::int64_t budget_;
};

/// Largest length of a particle's displacement in a column of 3N components.
inline double max_displacement(const Vector& column) {
  return std::sqrt(column.reshaped(3, column.size() / 3).colwise().squaredNorm().maxCoeff());
}

}  // namespace pssglass
