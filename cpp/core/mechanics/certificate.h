// Whether a configuration with balanced forces is an inherent state: a minimum, free to move only as a whole.
#pragma once

#include "base/columns.h"
#include "mechanics/hessian.h"
#include "mechanics/modes.h"

namespace pssglass {

class CgSolver;

struct Certificate {
  bool positive = false;  ///< no negative eigenvalue and exactly three zero ones
  int negative_eigenvalues =
      0;                      ///< among `lowest_eigenvalues`, or 1 for at least one where those are unknown
  int zero_modes = 0;         ///< the translations and the zeros among `lowest_eigenvalues`
  Vector lowest_eigenvalues;  ///< ascending, translations left out
  int rattlers = 0;           ///< particles left out of all this; if they are all, there are no eigenvalues
  bool bears_load = true;  ///< pair forces exceed the net ones by far, so that they are more than remainders
};

/// All of these throw NotConverged where the eigensolver gives up before the signs are certain.

/// For a Hessian whose factorisation has shown that no eigenvalue but the translations' is negative.
Certificate certify_minimum(const Hessian& hessian, const LinearOperator& inverse);

/// For a Hessian whose factorisation has failed: never positive, with at least one negative or further zero
/// eigenvalue.
Certificate certify_saddle(const Hessian& hessian);

/// For systems too large to factorise, by inverse iteration from a random vector: conjugate gradients
/// converge only if there is no further zero mode and, being Lanczos' method, run into a negative eigenvalue
/// if there is one. The eigenvalue given is an upper bound of the lowest.
Certificate certify_iteratively(const Hessian& hessian, const CgSolver& solver);

}  // namespace pssglass
