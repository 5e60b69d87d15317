#include "minimise/landscape.h"

#include <cmath>
#include <limits>

#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// Beyond this change of the volume, up or down, from where it began there is no minimum worth looking for.
constexpr double kLargestGrowth = 4;

/// How far a strain may be from that.
constexpr double kEdge = 0.01;

double lever_of(const System& system) {
  const auto n = static_cast<double>(system.size());
  return 3 * std::cbrt(system.box.volume() / n) * std::sqrt(n);
}

}  // namespace

Landscape::Landscape(const System& system, const Potential& potential, std::int64_t max_evaluations,
                     int threads, std::optional<double> pressure)
    : evaluator_(system, potential, threads),
      budget_(max_evaluations),
      box_(system.box),
      species_(system.species),
      diameters_(system.diameters),
      cutoff_(longest_cutoff(system, potential)),
      pressure_(pressure),
      lever_(lever_of(system)) {}

Point Landscape::start(const Vectors& positions) {
  Point point{positions, {}, 0};
  if (pressure_) point.positions.emplace_back();
  evaluate(point);
  return point;
}

void Landscape::evaluate(Point& point) {
  if (pressure_)
    evaluate_enthalpy(point);
  else
    point.energy = evaluator_.energy_forces(point.positions, point.forces);
}

System Landscape::system(const Point& point) const {
  if (!pressure_) return {box_, point.positions, species_, diameters_};
  const Box box = box_.dilated(strain(point));
  System out{box, {point.positions.begin(), point.positions.end() - 1}, species_, diameters_};
  const double scale = box.lx() / box_.lx();
  for (Vec3& r : out.positions) r *= scale;
  return out;
}

bool Landscape::keeps_box(double strain) const {
  const double growth = std::exp(3 * strain);
  const Vec3 widths = box_.plane_distances() * std::cbrt(growth);
  return growth < kLargestGrowth && growth > 1 / kLargestGrowth &&
         std::min({widths.x, widths.y, widths.z}) >= 2 * cutoff_;
}

bool Landscape::at_edge(const Point& point) const {
  return pressure_ && !keeps_box(strain(point) + std::copysign(kEdge, point.forces.back().x));
}

void Landscape::evaluate_enthalpy(Point& point) {
  const double growth = std::exp(3 * strain(point)), volume = growth * box_.volume();
  if (!keeps_box(strain(point))) {
    lost_volume_ = volume;
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    point.energy = std::numeric_limits<double>::infinity();
    point.forces.assign(point.positions.size(), {kNone, kNone, kNone});
    return;
  }
  const System here = system(point);
  evaluator_.set_box(here.box);
  ForceField field = evaluator_.evaluate(here.positions);
  const double scale = here.box.lx() / box_.lx();
  for (Vec3& force : field.forces) force *= scale;
  const double excess = field.stress.trace() / 3 - *pressure_;
  field.forces.push_back({3 * volume * excess / lever_, 0, 0});
  point.forces = std::move(field.forces);
  point.energy = field.energy + *pressure_ * volume;
}

}  // namespace pssglass
