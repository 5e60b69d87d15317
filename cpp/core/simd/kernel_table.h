// The kernels of one instruction set, gathered into its table.
#pragma once

#include "simd/kernel_forces.h"
#include "simd/kernel_lists.h"
#include "simd/kernel_mixed.h"
#include "simd/kernel_motion.h"
#include "simd/kernel_sines.h"
#include "simd/kernel_swap.h"
#include "simd/kernel_waves.h"

namespace pssglass {

template <class V, class S, class By, class Form>
constexpr PairKernels pair_kernels_of() {
  using Forces = ForceKernels<V, By, Form>;
  return {Forces::forces, Forces::forces_energy, Forces::observe, MixedForces<S, By, Form>::forces,
          SwapKernels<V, By, Form>::energy};
}

/// Of every form, in the order of the list: by species, then by diameters.
template <class V, class S, class List>
struct PairKernelsOf;
template <class V, class S, class... Form>
struct PairKernelsOf<V, S, FormList<Form...>> {
  static constexpr PairKernels pairs[][2] = {
      {pair_kernels_of<V, S, BySpecies, Form>(), pair_kernels_of<V, S, ByDiameter, Form>()}...};
};

/// V: double precision and lists; S: single precision.
template <class V, class S>
constexpr Kernels table_of() {
  return {V::name,
          V::lanes,
          S::lanes,
          PairKernelsOf<V, S, Forms>::pairs,
          FractionKernels<V>::pack,
          ListKernels<V>::build_rows,
          ListKernels<V>::near,
          RowKernels<V>::measure,
          RowKernels<V>::gather,
          ListKernels<V>::interleave,
          MotionKernels<V>::advance,
          MotionKernels<V>::kick,
          MotionKernels<V>::scale,
          MotionKernels<V>::copy_ghosts,
          NormalKernels<V>::normals,
          WaveKernels<V>::add,
          SineKernels<V>::sine_over};
}

}  // namespace pssglass
