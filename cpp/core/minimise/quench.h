// Quenches: from a liquid to an inherent state, by minimisation of the energy at fixed volume, or of the
// enthalpy U + P V at constant pressure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "particles/system.h"

namespace pssglass {

/// How the minimum is approached; every method ends with Newton steps on the sparse factor.
enum class QuenchMethod {
  fast,  ///< L-BFGS down to a small force: fewest evaluations, but not the basin that steepest descent finds
  faithful,  ///< the steepest-descent flow itself, integrated by a stabilised explicit method (RKC2)
  fire,      ///< FIRE 2.0 [Guénolé et al., doi:10.1016/j.commatsci.2020.109584]
  lbfgs,     ///< L-BFGS all the way
  cg         ///< nonlinear conjugate gradients (Polak–Ribière)
};

/// The method called `name`. Throws InvalidArgument listing the known names.
QuenchMethod quench_method(std::string_view name);

struct QuenchOptions {
  QuenchMethod method = QuenchMethod::fast;
  double tolerance = 1e-9;  ///< of the largest force; round-off leaves about 1e-11 (r_c = 1.5) to 1e-10 (1.1)
  std::int64_t max_evaluations = 200000;
  int threads = 1;
  /// Of the faithful method: largest error in a particle's position that one step along the flow may make.
  /// From hot liquids, neighbouring flow lines part: 1e-5 finds the basin of the exact flow for four liquids
  /// in five.
  double flow_tolerance = 1e-5;
  std::optional<double> pressure = {};  ///< none: fixed volume
};

struct QuenchResult {
  Vectors positions;  ///< inside the box
  Box box;
  std::int64_t iterations = 0;
  std::int64_t force_evaluations = 0;
  std::int64_t newton_steps = 0;
  double max_force = 0;  ///< of `positions`, by the reference evaluation
  double energy = 0;
  double pressure = 0;
  /// max_force and, at constant pressure, |p − P| < tolerance; whether the state is a minimum is for
  /// Mechanics::certify, and for the bulk modulus.
  bool converged = false;
  std::string message = {};  ///< how it ended, one line
};

/// Throws InvalidArgument for bad options or configurations; running out of evaluations is a status.
QuenchResult minimize(const System& system, const Potential& potential, const QuenchOptions& options = {});

}  // namespace pssglass
