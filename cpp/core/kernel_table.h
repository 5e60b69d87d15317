// The kernels of one instruction set, gathered into its table.
#pragma once

#include "kernel_forces.h"
#include "kernel_lists.h"
#include "kernel_motion.h"

namespace pssglass {

template <class V>
constexpr Kernels table_of() {
  return {V::name,
          V::lanes,
          ForceKernels<V>::forces,
          ForceKernels<V>::forces_energy,
          ForceKernels<V>::observe,
          ListKernels<V>::build_rows,
          ListKernels<V>::interleave,
          MotionKernels<V>::advance,
          MotionKernels<V>::kick,
          MotionKernels<V>::scale,
          MotionKernels<V>::copy_ghosts,
          NormalKernels<V>::normals};
}

}  // namespace pssglass
