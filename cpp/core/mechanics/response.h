// Linear response of an inherent state: elastic moduli and the stiffness of pair dipoles.
#pragma once

#include <array>
#include <vector>

#include "base/columns.h"
#include "forces/green_strain.h"
#include "forces/strain.h"

namespace pssglass {

/// Elastic moduli of simple shear and of isotropic dilation [paper, Eqs. A1–A4, factors of d restored].
struct Moduli {
  double shear_modulus = 0, shear_modulus_nonaffine = 0;  ///< x–y plane
  double shear_modulus_xz = 0, shear_modulus_yz = 0;
  double bulk_modulus = 0, bulk_modulus_nonaffine = 0;
  double born_shear = 0;  ///< U_γγ/V, x–y plane
  double volume = 0;
};

/// How a configuration answers to any small strain, in the components of GreenStrainDerivatives.
struct Elasticity {
  VoigtMatrix born;       ///< ∂²U/∂E_a∂E_b/V
  VoigtMatrix nonaffine;  ///< Ξ_a·M⁺·Ξ_b/V, which relaxation takes from it
  Matrix displacements;   ///< −M⁺·Ξ: what particles move besides the strain, per strain, 3N × kVoigt
  Matrix virials;         ///< kVoigt × N, see virials()
};

using IndexPair = std::array<int, 2>;

/// The moduli, given the response M⁺·Ξ to each of the strains (3N × kStrains, ordered as Strain).
Moduli moduli_from_response(const StrainDerivatives& strain, ConstMatrixView response, double volume);

/// Forces ∂r_ij/∂x, +n̂ on j and −n̂ on i: one column for each pair.
/// Throws InvalidArgument for an index outside the system or a particle paired with itself.
Matrix dipole_forces(const System& system, const std::vector<IndexPair>& pairs);

/// ω_g = √(u·d / u·u) of each column, with u = M⁺·d.
Vector dipole_frequencies(ConstMatrixView dipoles, ConstMatrixView response);

}  // namespace pssglass
