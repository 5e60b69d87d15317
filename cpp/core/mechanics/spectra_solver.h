// Extreme eigenpairs by Spectra's implicitly restarted Lanczos method, one vector at a time.
#pragma once

#include "mechanics/block_lanczos.h"
#include "mechanics/hessian.h"

namespace pssglass {

/// As largest_eigenpairs() in block_lanczos.h, for whom a degenerate eigenvalue may have one member only.
/// Throws NotConverged.
Eigenpairs spectra_largest_eigenpairs(const LinearOperator& apply, Eigen::Index size, Eigen::Index count,
                                      double tolerance);

/// The largest eigenvalue of M, to a relative error of about `tolerance`². No factorisation, for systems of
/// every size. Throws NotConverged.
double largest_eigenvalue(const Hessian& hessian, double tolerance);

}  // namespace pssglass
