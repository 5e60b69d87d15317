#include "dynamics/barostat.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace pssglass {
namespace {

/// Largest relative change of the volume by the drift of one move: far from balance, moves are shortened.
constexpr double kLargestDrift = 0.01;

/// The same for λ = √V.
double largest_drift(const CellPoint& point) { return 0.5 * kLargestDrift * std::sqrt(point.volume); }

}  // namespace

Barostat::Barostat(const BarostatSettings& settings, double temperature, double interval,
                   std::int64_t particles, std::int64_t freedoms)
    : settings_(settings),
      temperature_(temperature),
      logarithm_((0.5 + static_cast<double>(3 * particles - freedoms) / 3) * temperature),
      mobility_(settings.compressibility * interval / (4 * settings.relaxation_time)) {}

/// D/k_B T·f h, with the force f = −∂/∂λ of the conserved energy.
double Barostat::whole_drift(const CellPoint& point) const {
  const double root = std::sqrt(point.volume);
  const double force = -2 * root * (settings_.pressure - point.pressure - logarithm_ / point.volume);
  return mobility_ * force;
}

double Barostat::drift(const CellPoint& point) const {
  return std::clamp(whole_drift(point), -largest_drift(point), largest_drift(point));
}

bool Barostat::cuts(const CellPoint& from, const CellPoint& to) const {
  return whole_drift(from) != drift(from) || whole_drift(to) != drift(to);
}

double Barostat::propose(const CellPoint& from, std::uint64_t seed, std::uint64_t step) const {
  const double noise = std::sqrt(2 * mobility_ * temperature_) * normals(seed, Stream::barostat, step, 0)[0];
  const double root = std::sqrt(from.volume) + drift(from) + noise;
  return root * root;
}

bool Barostat::accepts(const CellPoint& from, const CellPoint& to, std::uint64_t seed,
                       std::uint64_t step) const {
  const double defect = energy(to) - energy(from) - heat(from, to);
  const double chance = unit_interval(random_bits(seed, Stream::barostat, step, 1)[0]);
  return std::log(chance) * temperature_ < -defect;
}

double Barostat::energy(const CellPoint& point) const {
  return point.energy + settings_.pressure * point.volume - logarithm_ * std::log(point.volume);
}

double Barostat::heat(const CellPoint& from, const CellPoint& to) const {
  const double way = std::sqrt(to.volume) - std::sqrt(from.volume);
  const double there = way - drift(from), back = way + drift(to);
  return (there * there - back * back) / (4 * mobility_);
}

}  // namespace pssglass
