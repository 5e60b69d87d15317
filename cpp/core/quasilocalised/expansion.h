// The energy along a field, to fourth order.
#pragma once

#include "mechanics/mechanics.h"

namespace pssglass {

/// U(x + s z) = U(x) + s F·z … + κ s²/2 + τ s³/6 + χ s⁴/24, of each column.
struct Expansion {
  Vector stiffnesses;  ///< κ = U″:zz
  Vector cubic;        ///< τ = U‴:zzz
  Vector quartic;      ///< χ = U⁗:zzzz
};

/// Of the pairs of the backbone, for columns of 3N rows. Where pieces of a form meet, and at the cutoff, u‴
/// may jump: the coefficients are those of the pieces in which the pairs are.
Expansion expansion(const Mechanics& mechanics, ConstMatrixView fields);

}  // namespace pssglass
