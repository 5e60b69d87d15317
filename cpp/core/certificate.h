// Whether a configuration with balanced forces is an inherent state: a minimum, free to move only as a whole.
#pragma once

#include "hessian.h"
#include "linalg.h"

namespace pssglass {

class CholeskyFactor;

struct Certificate {
  bool positive = false;         ///< no negative eigenvalue and exactly three zero ones
  int negative_eigenvalues = 0;  ///< among `lowest_eigenvalues`
  int zero_modes = 0;            ///< the translations and the zeros among `lowest_eigenvalues`
  Vector lowest_eigenvalues;     ///< ascending, translations left out
};

/// `factor` is that of the Hessian, null where the Hessian proved not positive definite.
Certificate certify(const Hessian& hessian, const CholeskyFactor* factor);

}  // namespace pssglass
