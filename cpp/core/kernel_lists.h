// Verlet lists of one cell at a time: candidates near the cell, then a distance test of each particle with
// all.
#pragma once

#include "kernel.h"

namespace pssglass {

/// Smallest box that holds the particles of the task.
struct FloatBounds {
  float low[3], high[3];
};

template <class V>
struct ListKernels {
  using Float = typename V::Float;
  using Int = typename V::Int;

  static std::int64_t build_rows(const CellTask& task) {
    const std::int64_t candidates = collect(task);
    for (std::int64_t k = 0; k < candidates; k += V::wide) {
      const Int species = V::iload(task.candidate_species + k);
      for (int a = 0; a < task.species_count; ++a)
        V::fstore(task.candidate_cutoff2 + a * task.candidate_stride + k,
                  V::flookup(task.cutoff2 + 16 * a, species));
    }
    std::int32_t* out = task.rows;
    for (std::int64_t i = 0; i < task.count; ++i) {
      std::int32_t* end = row(task, task.first + i, candidates, out);
      task.lengths[i] = static_cast<std::int32_t>(end - out);
      out = end;
    }
    return out - task.rows;
  }

  static void interleave(const std::int32_t* const* rows, const std::int32_t* lengths, std::int32_t length,
                         std::int32_t dummy, std::int32_t* out) {
    for (int k = 0; k < V::lanes; ++k) {
      std::int32_t m = 0;
      for (; m < lengths[k]; ++m) out[m * V::lanes + k] = rows[k][m];
      for (; m < length; ++m) out[m * V::lanes + k] = dummy;
    }
  }

 private:
  static FloatBounds bounds(const CellTask& task) {
    const float* coordinates[3] = {task.x, task.y, task.z};
    FloatBounds box;
    for (int axis = 0; axis < 3; ++axis) {
      const float* c = coordinates[axis] + task.first;
      float low = c[0], high = c[0];
      for (std::int64_t i = 1; i < task.count; ++i) {
        low = c[i] < low ? c[i] : low;
        high = c[i] > high ? c[i] : high;
      }
      box.low[axis] = low;
      box.high[axis] = high;
    }
    return box;
  }

  inline __attribute__((always_inline)) static Float outside(Float c, float low, float high) {
    return V::fmax(V::fmax(V::fset(low) - c, c - V::fset(high)), V::fset(0));
  }

  /// Copies what lies within reach of the cell's particles behind each other; pads with particles far away.
  static std::int64_t collect(const CellTask& task) {
    const FloatBounds box = bounds(task);
    std::int64_t n = 0;
    for (int r = 0; r < task.run_count; ++r) {
      const Run& run = task.runs[r];
      const Float sx = V::fset(run.shift[0]), sy = V::fset(run.shift[1]), sz = V::fset(run.shift[2]);
      for (std::int32_t k = 0; k < run.count; k += V::wide) {
        const std::int64_t at = run.first + k;
        const Float x = V::fload(task.x + at) + sx, y = V::fload(task.y + at) + sy,
                    z = V::fload(task.z + at) + sz;
        const Int species = V::iload(task.species + at);
        const Float dx = outside(x, box.low[0], box.high[0]), dy = outside(y, box.low[1], box.high[1]),
                    dz = outside(z, box.low[2], box.high[2]);
        const Float d2 = V::ffma(dz, dz, V::ffma(dy, dy, dx * dx));
        unsigned mask = V::below(d2, V::flookup(task.reach2, species));
        if (run.count - k < V::wide) mask &= (1u << (run.count - k)) - 1;
        V::compress(task.candidate_x + n, x, mask);
        V::compress(task.candidate_y + n, y, mask);
        V::compress(task.candidate_z + n, z, mask);
        V::compress(task.candidates + n, V::offsets_from(run.offset + 4 * k), mask);
        V::compress(task.candidate_species + n, species, mask);
        n += __builtin_popcount(mask);
      }
    }
    V::fstore(task.candidate_x + n, V::fset(1e15f));
    for (int k = 0; k < V::wide; ++k) task.candidate_species[n + k] = 0;
    return n;
  }

  static std::int32_t* row(const CellTask& task, std::int64_t i, std::int64_t candidates, std::int32_t* out) {
    const Float x = V::fset(task.x[i]), y = V::fset(task.y[i]), z = V::fset(task.z[i]);
    const float* cutoff2 = task.candidate_cutoff2 + task.species[i] * task.candidate_stride;
    const Int self = V::iset(static_cast<std::int32_t>(4 * i));
    for (std::int64_t k = 0; k < candidates; k += V::wide) {
      const Float dx = x - V::fload(task.candidate_x + k), dy = y - V::fload(task.candidate_y + k),
                  dz = z - V::fload(task.candidate_z + k);
      const Int offset = V::iload(task.candidates + k);
      const unsigned mask = V::below(V::ffma(dz, dz, V::ffma(dy, dy, dx * dx)), V::fload(cutoff2 + k)) &
                            V::differs(offset, self);
      V::compress(out, offset, mask);
      out += __builtin_popcount(mask);
    }
    return out;
  }
};

}  // namespace pssglass
