// The energy surface as minimisers see it: points on it, and a budget of force evaluations.
//
// At constant pressure it is the enthalpy U + P V over the positions x e^−η, reduced to the box at the start,
// and one coordinate more, ζ = 3 a0 √N η with the strain η = ln(V/V0)/3 and a0 = (V0/N)^(1/3): so scaled, the
// volume is about as stiff as a particle is, whatever N. It stands behind the positions as the x of one point
// more, and its force 3 V (p − P)/(3 a0 √N) behind the forces. The flow of steepest descent is that of these
// coordinates.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/columns.h"
#include "forces/force_evaluator.h"

namespace pssglass {

/// Positions with their energy and forces, or all coordinates with the enthalpy.
struct Point {
  Vectors positions, forces;
  double energy = 0;
};

class Landscape {
 public:
  Landscape(const System& system, const Potential& potential, std::int64_t max_evaluations, int threads,
            std::optional<double> pressure = {});

  /// The point of these positions in the box at the start, evaluated.
  Point start(const Vectors& positions);
  /// Energy and forces at the point's positions: infinite and not-a-number where the box is lost.
  void evaluate(Point& point);

  /// `to` becomes the point reached from `from` by the displacement step·direction.
  void evaluate_step(const Point& from, const Vector& direction, double step, Point& to) {
    to.positions.resize(from.positions.size());
    as_column(to.positions) = as_column(from.positions) + step * direction;
    evaluate(to);
  }

  /// Positions and box of a point.
  System system(const Point& point) const;

  const std::optional<double>& pressure() const { return pressure_; }
  /// ζ/η.
  double lever() const { return lever_; }
  double strain(const Point& point) const { return point.positions.back().x / lever_; }
  /// The volume at which the box was below two cutoffs, or had changed beyond reason; 0 where it never was.
  double lost_volume() const { return lost_volume_; }
  /// Whether the pressure drives the box of a point, which is next to being lost, to just that.
  bool at_edge(const Point& point) const;

  std::int64_t evaluations() const { return evaluator_.evaluations(); }
  bool exhausted() const { return evaluations() >= budget_; }

 private:
  void evaluate_enthalpy(Point& point);
  bool keeps_box(double strain) const;

  ForceEvaluator evaluator_;
  std::int64_t budget_;
  Box box_;  // at the start
  Species species_;
  std::vector<double> diameters_;
  double cutoff_;
  std::optional<double> pressure_;
  double lever_, lost_volume_ = 0;
};

/// Largest length of a particle's displacement in a column of 3N components.
inline double max_displacement(const Vector& column) {
  return std::sqrt(column.reshaped(3, column.size() / 3).colwise().squaredNorm().maxCoeff());
}

}  // namespace pssglass
