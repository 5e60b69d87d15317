// Molecular dynamics: velocity Verlet at constant energy, Langevin (BAOAB) and stochastic velocity rescaling,
// at constant volume or pressure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dynamics/barostat.h"
#include "dynamics/swap.h"
#include "particles/system.h"
#include "simd/dispatch.h"

namespace pssglass {

enum class Thermostat {
  nve,
  langevin,  ///< BAOAB, Leimkuhler and Matthews, doi:10.1093/amrx/abs010; all 3N degrees of freedom
  svr  ///< Bussi, Donadio and Parrinello, doi:10.1063/1.2408420; 3N − 3, total momentum is kept at zero
};

struct RunSettings {
  std::int64_t steps = 0;
  double dt = 0;
  Thermostat thermostat = Thermostat::nve;
  /// k_B T to hold. Under nve an estimate, which tunes the neighbour lists; 0 stands for the pair energy.
  double temperature = 0;
  double friction = 1;         ///< langevin: inverse relaxation time of velocities
  double relaxation_time = 1;  ///< svr: of the kinetic energy
  /// Samples are taken after every step whose number is a multiple of this; 0 takes none.
  std::int64_t sample_every = 0;
  std::optional<BarostatSettings> barostat = {};  ///< none: constant volume
  std::optional<SwapSettings> swap = {};          ///< none: particles keep their species and diameters
  /// Numbers of steps, ascending, from the beginning of the run, 0 to `steps`: after each a frame is taken.
  std::vector<std::int64_t> frames = {};
};

/// One entry for each sampled step. Energies are totals; pressure = (2K/3 + virial)/V with all of K.
struct Series {
  std::vector<std::int64_t> step;
  std::vector<double> potential_energy, kinetic_energy, pressure;
  /// σ_xy, σ_xz, σ_yz: potential part, σ = +V⁻¹ ∂U/∂γ.
  Vectors stress;
  /// U_γγ/V, the mean over the six simple shears of the coordinate planes.
  std::vector<double> born_shear;
  /// At constant pressure only: V, and the change of the effective energy since the run began.
  std::vector<double> volume, effective_energy;
};

/// Where the particles were at some steps of a run.
struct Frames {
  std::vector<Vectors> positions;  ///< in the caller's order, unwrapped
  std::vector<Box> boxes;
};

/// What a run at constant pressure says of its barostat.
struct BarostatRecord {
  std::int64_t moves = 0, accepted = 0;
  std::int64_t cut = 0;  ///< moves whose drift was cut, accepted or not
  /// Of the whole run: what neither thermostat nor barostat exchanged. That is the error of the time step,
  /// and the energy by which accepted moves went downhill that were cut.
  double effective_energy_change = 0;
};

/// Where a trajectory can be taken up again. All arrays are in the caller's order.
struct SimulationState {
  Species species;
  std::vector<double> diameters;  ///< empty where lengths follow from species
  /// Wrapped into the box when the lists were last built, so up to half a skin outside it; and how often.
  Vectors positions;
  std::vector<Image> images;
  Vectors velocities;
  std::int64_t step = 0;
  /// Positions when the lists were last built: lists are a function of them, and a run resumed with them
  /// continues bit for bit. Empty: the positions.
  Vectors list_reference;
  /// The box of list_reference, where it is another one.
  std::optional<Box> list_box;
};

/// Trajectories are functions of the state, the settings and the seed: bit-identical for any number of
/// threads and however they are split into runs.
class Simulation {
 public:
  /// `images` and `list_reference` of the state may be empty. Throws InvalidArgument or BoxTooSmall as
  /// validate(system, potential) does, where arrays do not match, velocities are not finite or mass ≤ 0, and
  /// in mixed precision where the box is not cubic or not twice as wide as cutoff and skin.
  Simulation(const Box& box, const Potential& potential, SimulationState state, double mass,
             std::uint64_t seed, const Execution& execution = {});
  Simulation(Simulation&&) noexcept;
  Simulation& operator=(Simulation&&) noexcept;
  ~Simulation();

  /// Advances by settings.steps. Throws InvalidArgument for settings out of bounds, and TrajectoryDiverged
  /// where a particle is lost or moves more than a quarter of the smallest pair length in a step, or the box
  /// collapses below two cutoffs or grows beyond its bound; the state is then that before the call. Slow
  /// heating is for the caller to notice, who knows what energy is expected.
  Series run(const RunSettings& settings);

  const SimulationState& state() const;
  /// The present one.
  const Box& box() const;
  /// Of the last run.
  const BarostatRecord& barostat_record() const;
  /// Of the last run.
  const SwapRecord& swap_record() const;
  /// Of the last run.
  const Frames& frames() const;
  /// Lists built so far.
  std::int64_t rebuilds() const;

 private:
  struct Engine;
  std::unique_ptr<Engine> engine_;
};

}  // namespace pssglass
