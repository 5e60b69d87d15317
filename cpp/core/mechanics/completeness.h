// Proof that no mode is missing. A Krylov space holds no more members of a degenerate eigenvalue than its
// blocks have columns, and its residuals do not tell: only the number of eigenvalues below a value does.
#pragma once

#include <functional>

#include "mechanics/block_lanczos.h"
#include "mechanics/sparse_cholesky.h"

namespace pssglass {

/// How many eigenvalues of M lie below a value, translations left out.
using SpectrumCount = std::function<Inertia(double)>;

/// Adds to `found`, eigenpairs of `inverse` = P·M⁺·P, what it lacks among the `count` largest. Eigenvalues of
/// M closer than 1e-7 (or four times the tolerance) of their value to the highest of these are taken for
/// equal to it, and need not all be there. Throws NotConverged where the count cannot be reached, or is
/// uncertain because of round-off.
Eigenpairs complete(Eigenpairs found, const LinearOperator& inverse, Eigen::Index count, double tolerance,
                    const SpectrumCount& below);

}  // namespace pssglass
