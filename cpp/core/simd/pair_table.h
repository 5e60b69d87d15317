// The potential as the kernels read it.
#pragma once

#include <cstring>

#include "potential/potential.h"
#include "simd/kernels.h"

namespace pssglass {

/// `length` is the edge of the cubic box whose fractions mixed precision works with. Throws InvalidArgument
/// for more than kMaxSpecies species.
PairTable pair_table(const Potential& potential, double length);

/// Changes the edge of that box.
void set_edge(PairTable& table, double length);

/// Puts another form into a table.
template <PairForm Form>
void set_form(PairTable& table, const Form& form) {
  static_assert(sizeof form <= sizeof table.form);
  std::memcpy(table.form, &form, sizeof form);
  table.q_cut = form.q_cut;
  table.simple = table.simple && form.fits_simple();
}

/// The tag of a particle's record: a number whose words hold 2s and 2s + 1 in their lowest bits, the
/// permutation that looks up entry s of a row of doubles. Adding zero leaves it unchanged.
double species_tag(int species);

}  // namespace pssglass
