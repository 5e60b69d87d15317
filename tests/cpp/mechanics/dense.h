// Hessians as dense matrices: what sparse methods find is compared with all that there is.
#pragma once

#include "base/columns.h"
#include "mechanics/hessian.h"

namespace pssglass::test {

Matrix dense(const Hessian& hessian);

/// All eigenvalues, the lowest first.
Vector dense_spectrum(const Hessian& hessian);

/// All modes, the lowest first, translations among them.
struct DenseModes {
  Vector eigenvalues;
  Matrix eigenvectors;
};
DenseModes dense_modes(const Hessian& hessian);

/// M⁺ from all eigenvectors but the three translations.
Matrix pseudo_inverse(const Hessian& hessian);

}  // namespace pssglass::test
