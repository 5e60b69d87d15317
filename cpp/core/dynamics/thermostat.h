// Stochastic velocity rescaling, Bussi, Donadio and Parrinello, doi:10.1063/1.2408420.
#pragma once

#include <cstdint>

namespace pssglass {

/// Factor by which all velocities are multiplied at this step so that the kinetic energy follows its
/// canonical stochastic dynamics. `kinetic` and `target` (the canonical mean) are energies of `freedoms`
/// degrees of freedom; `decay` = exp(−dt/τ). A function of (seed, step) alone besides.
double rescaling_factor(double kinetic, double target, std::int64_t freedoms, double decay,
                        std::uint64_t seed, std::uint64_t step);

}  // namespace pssglass
