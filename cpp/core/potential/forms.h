// The forms of pair potentials that there are. A new one is a header like hertzian.h and a place in this
// list: Potential holds it, the kernels are made for it and Python can construct it.
#pragma once

#include <algorithm>

#include "potential/hertzian.h"
#include "potential/inverse_powers.h"
#include "potential/table.h"
#include "potential/tapered_lj.h"

namespace pssglass {

using Forms = FormList<TaperedLJ, Hertzian, InversePowers<1>, InversePowers<2>, Table>;

template <class... F>
constexpr std::size_t largest_form(FormList<F...>) {
  static_assert((PairForm<F> && ...), "form.h says what a form must state");
  return std::max({sizeof(F)...});
}

}  // namespace pssglass
