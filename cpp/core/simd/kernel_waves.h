// Fourier sums: products of the cosines and sines of three phases, added up over particles.
#pragma once

#include "simd/kernels.h"

namespace pssglass {

template <class V>
struct WaveKernels {
  using Real = typename V::Real;

  static void add(const WaveTask& task) {
    for (std::int64_t wave = 0; wave < task.waves; ++wave) {
      const std::int32_t* numbers = task.numbers + 3 * wave;
      const double *x = task.phases[0] + 2 * task.count * numbers[0],
                   *y = task.phases[1] + 2 * task.count * numbers[1],
                   *z = task.phases[2] + 2 * task.count * numbers[2];
      Real sums[8];
      for (Real& one : sums) one = V::set(0);
      for (std::int64_t i = 0; i < task.count; i += V::lanes) {
        const Real cx = V::load(x + i), sx = V::load(x + task.count + i);
        const Real cy = V::load(y + i), sy = V::load(y + task.count + i);
        const Real cz = V::load(z + i), sz = V::load(z + task.count + i);
        const Real xy[4] = {cx * cy, cx * sy, sx * cy, sx * sy};
        for (int k = 0; k < 4; ++k) {
          sums[2 * k] = V::fma(xy[k], cz, sums[2 * k]);
          sums[2 * k + 1] = V::fma(xy[k], sz, sums[2 * k + 1]);
        }
      }
      for (int k = 0; k < 8; ++k) task.sums[8 * wave + k] += V::sum(sums[k]);
    }
  }
};

}  // namespace pssglass
