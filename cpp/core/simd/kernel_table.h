// The kernels of one instruction set, gathered into its table.
#pragma once

#include "simd/kernel_forces.h"
#include "simd/kernel_lists.h"
#include "simd/kernel_mixed.h"
#include "simd/kernel_motion.h"

namespace pssglass {

/// V: double precision and lists; S: single precision.
template <class V, class S>
constexpr Kernels table_of() {
  return {V::name,
          V::lanes,
          S::lanes,
          ForceKernels<V>::forces,
          ForceKernels<V>::forces_energy,
          ForceKernels<V>::observe,
          MixedKernels<S>::forces,
          MixedKernels<S>::pack,
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
