// Pseudo-harmonic modes: descents of the cost function from given fields.
#pragma once

#include <cstdint>
#include <vector>

#include "mechanics/mechanics.h"

namespace pssglass {

struct DescentSettings {
  double tolerance = 1e-10;  ///< of the residual
  int max_iterations = 20000;
  double longest_step = 0.2;  ///< of one step, in units of |z|
};

/// Where the descents from each start have ended; 3N rows, with zeros for rattlers.
struct PseudoHarmonicModes {
  Matrix vectors;      ///< unit norm, translations projected out
  Vector stiffnesses;  ///< κ = z·M·z
  Vector costs;        ///< C
  Vector residuals;    ///< |∂ ln C/∂z|
  std::vector<std::int64_t> iterations;
};

/// By L-BFGS on ln C, each start on one thread. Those that stall, or come to the end of their iterations,
/// have residuals above the tolerance. A start without a length, or all of whose weight is in rattlers, is
/// InvalidArgument.
PseudoHarmonicModes pseudo_harmonic_modes(const Mechanics& mechanics, ConstMatrixView starts,
                                          const DescentSettings& settings, int threads);

/// ln C and its gradient, 3N rows, of each field.
void bond_costs(const Mechanics& mechanics, ConstMatrixView fields, Vector& costs, Matrix& gradients);

}  // namespace pssglass
