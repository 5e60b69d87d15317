// The kernels of one instruction set, gathered into its table.
#pragma once

#include "simd/kernel_forces.h"
#include "simd/kernel_lists.h"
#include "simd/kernel_mixed.h"
#include "simd/kernel_motion.h"

namespace pssglass {

/// Of every form, in the order of the list.
template <class V, class S, class List>
struct PairKernelsOf;
template <class V, class S, class... Form>
struct PairKernelsOf<V, S, FormList<Form...>> {
  static constexpr PairKernels table[] = {{ForceKernels<V, Form>::forces,
                                           ForceKernels<V, Form>::forces_energy,
                                           ForceKernels<V, Form>::observe, MixedForces<S, Form>::forces}...};
};

/// V: double precision and lists; S: single precision.
template <class V, class S>
constexpr Kernels table_of() {
  return {V::name,
          V::lanes,
          S::lanes,
          PairKernelsOf<V, S, Forms>::table,
          FractionKernels<V>::pack,
          ListKernels<V>::build_rows,
          ListKernels<V>::near,
          ListKernels<V>::interleave,
          MotionKernels<V>::advance,
          MotionKernels<V>::kick,
          MotionKernels<V>::scale,
          MotionKernels<V>::copy_ghosts,
          NormalKernels<V>::normals};
}

}  // namespace pssglass
