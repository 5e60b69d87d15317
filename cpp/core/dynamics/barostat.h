// Stochastic cell rescaling, Bernetti and Bussi, doi:10.1063/5.0020514: isotropic, in its time-reversible
// form on λ = √V, where the noise is additive.
#pragma once

#include <cstdint>

namespace pssglass {

struct BarostatSettings {
  double pressure = 0;
  double relaxation_time = 1;  ///< of the volume, τ_p
  /// β_T, an estimate: τ_p is the volume's relaxation time as far as it is right; averages do not depend on
  /// it.
  double compressibility = 1;
  std::int64_t every = 1;     ///< steps from one move of the volume to the next
  double largest_volume = 0;  ///< beyond it the liquid counts as evaporated
};

/// What a move of the volume needs to know of the system.
struct CellPoint {
  double volume;
  double energy;  ///< U + K
  double pressure;  ///< (2K + virial)/(3V) with the instantaneous K, = −∂(U + K)/∂V at fixed reduced momenta
};

/// Moves of the volume V at fixed reduced positions and momenta: steps of length h of dλ = g dt/h + noise,
/// each accepted or refused by its effective energy, so that V is distributed exactly whatever h and τ_p are.
class Barostat {
 public:
  /// `interval` is the time h between two moves. `freedoms` are those of the momenta: where the total
  /// momentum is kept at zero, its share of the pressure, k_B T/V, is added.
  Barostat(const BarostatSettings& settings, double temperature, double interval, std::int64_t particles,
           std::int64_t freedoms);

  /// The volume to try; a function of (seed, step) besides.
  double propose(const CellPoint& from, std::uint64_t seed, std::uint64_t step) const;
  bool accepts(const CellPoint& from, const CellPoint& to, std::uint64_t seed, std::uint64_t step) const;
  /// Whether the drift of a move between these points, there or back, is cut. Both enter its probabilities as
  /// they are, so it is accepted as rightly as any other; but a cut drift no longer balances the energy.
  bool cuts(const CellPoint& from, const CellPoint& to) const;

  /// The energy that is conserved but for the thermostat's heat: U + K + P V − (c + ½) k_B T ln V.
  double energy(const CellPoint& point) const;
  /// What a move from one point to the other takes from its surroundings, k_B T ln of the ratio of the
  /// probabilities to try it backward and forward. energy − Σ heat is the effective energy
  /// [Bussi and Parrinello, doi:10.1103/PhysRevE.75.056707].
  double heat(const CellPoint& from, const CellPoint& to) const;

 private:
  double drift(const CellPoint& point) const;
  double whole_drift(const CellPoint& point) const;

  BarostatSettings settings_;
  double temperature_;
  double logarithm_;  // (c + ½) k_B T
  double mobility_;   // D h/k_B T
};

}  // namespace pssglass
