// Verlet lists of one cell at a time: candidates near the cell, then a distance test of each particle with
// all.
#pragma once

#include "simd/kernels.h"

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
    const bool by_diameter = task.reach->by_diameter;
    const std::int64_t candidates = by_diameter ? collect<true>(task) : collect<false>(task);
    for (std::int64_t k = 0; k < candidates; k += V::wide) {
      const Int tagged = V::iload(task.candidates + k);
      for (int a = 0; !by_diameter && a < task.class_count; ++a)
        V::fstore(task.candidate_reach + a * task.candidate_stride + k,
                  V::flookup(task.reach->cutoff2[a], tagged));
      V::istore(task.candidates + k, V::drop_class(tagged));
    }
    std::int32_t* out = task.rows;
    for (std::int64_t i = 0; i < task.count; ++i) {
      std::int32_t* end = by_diameter ? row<true>(task, task.first + i, candidates, out)
                                      : row<false>(task, task.first + i, candidates, out);
      task.lengths[i] = static_cast<std::int32_t>(end - out);
      out = end;
    }
    return out - task.rows;
  }

  static std::int64_t near(const NearTask& task) {
    // Adding 1.5·2²³ rounds to an integer: nearest images.
    const Float magic = V::fset(0x1.8p23f), x = V::fset(task.x[task.self]), y = V::fset(task.y[task.self]),
                z = V::fset(task.z[task.self]);
    const auto nearest = [&](Float u) { return u - ((u + magic) - magic); };
    const Float lx = V::fset(task.edges[0]), ly = V::fset(task.edges[1]), lz = V::fset(task.edges[2]);
    const Float xy = V::fset(task.xy), xz = V::fset(task.xz), yz = V::fset(task.yz);
    std::int32_t* out = task.out;
    for (std::int64_t r = 0; r < task.range_count; ++r) {
      const Range range = task.ranges[r];
      const Int end = V::iset(static_cast<std::int32_t>(4 * range.end));
      for (std::int64_t k = range.begin; k < range.end; k += V::wide) {
        const Float dz = nearest(V::fload(task.z + k) - z) * lz, dy = nearest(V::fload(task.y + k) - y) * ly;
        const Float dx = V::ffma(xz, dz, V::ffma(xy, dy, nearest(V::fload(task.x + k) - x) * lx));
        const Float sheared = V::ffma(yz, dz, dy);
        const Float d2 = V::ffma(dz, dz, V::ffma(sheared, sheared, dx * dx));
        const Int index = V::offsets_from(static_cast<std::int32_t>(4 * k));
        const unsigned within = V::below(d2, V::flookup(task.reach2, V::iload(task.classes + k)), index, end);
        V::compress(out, index, within);
        out += __builtin_popcount(within);
      }
    }
    return out - task.out;
  }

  static void interleave(const std::int32_t* const* rows, const std::int32_t* lengths, std::int32_t length,
                         int lanes, std::int32_t dummy, std::int32_t* out) {
    for (int first = 0; first < lanes; first += V::lanes)
      for (std::int32_t m = 0; m < length; m += V::lanes)
        V::transpose(rows + first, m, out + m * lanes + first, lanes);
    for (int k = 0; k < lanes; ++k)
      for (std::int32_t m = lengths[k]; m < length; ++m) out[m * lanes + k] = dummy;
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

  /// Copies what lies within reach of the cell's particles behind each other, with their classes in the
  /// lowest bits of their offsets; pads with particles far away.
  template <bool kDiameters>
  static std::int64_t collect(const CellTask& task) {
    const FloatBounds box = bounds(task);
    float *const out_x = task.candidate_x, *const out_y = task.candidate_y, *const out_z = task.candidate_z;
    std::int32_t* const out_offset = task.candidates;
    const float* const reach2 = task.reach->largest2;
    std::int64_t n = 0;
    for (int r = 0; r < task.run_count; ++r) {
      const Run run = task.runs[r];
      const Float sx = V::fset(run.shift[0]), sy = V::fset(run.shift[1]), sz = V::fset(run.shift[2]);
      const float *const from_x = task.x + run.first, *const from_y = task.y + run.first,
                         *const from_z = task.z + run.first;
      const std::int32_t* const classes = task.classes + run.first;
      const Int end = V::iset(run.offset + 4 * run.count);
      for (std::int32_t k = 0; k < run.count; k += V::wide) {
        const Float x = V::fload(from_x + k) + sx, y = V::fload(from_y + k) + sy,
                    z = V::fload(from_z + k) + sz;
        const Int offset = V::iadd(V::offsets_from(run.offset + 4 * k), V::iload(classes + k));
        const Float dx = outside(x, box.low[0], box.high[0]), dy = outside(y, box.low[1], box.high[1]),
                    dz = outside(z, box.low[2], box.high[2]);
        const Float d2 = V::ffma(dz, dz, V::ffma(dy, dy, dx * dx));
        const unsigned near = V::below(d2, V::flookup(reach2, offset), offset, end);
        V::compress(out_x + n, x, near);
        V::compress(out_y + n, y, near);
        V::compress(out_z + n, z, near);
        if constexpr (kDiameters)
          V::compress(task.candidate_reach + n, V::fload(task.diameters + run.first + k), near);
        V::compress(out_offset + n, offset, near);
        n += __builtin_popcount(near);
      }
    }
    V::fstore(out_x + n, V::fset(1e15f));
    if constexpr (kDiameters) V::fstore(task.candidate_reach + n, V::fset(1));
    V::istore(out_offset + n, V::iset(0));
    return n;
  }

  /// Finds and writes the neighbours of one particle in two passes: where the next ones go is then known
  /// early.
  template <bool kDiameters>
  static std::int32_t* row(const CellTask& task, std::int64_t i, std::int64_t candidates, std::int32_t* out) {
    const Float x = V::fset(task.x[i]), y = V::fset(task.y[i]), z = V::fset(task.z[i]);
    const Int self = V::iset(static_cast<std::int32_t>(4 * i));
    const float *const other_x = task.candidate_x, *const other_y = task.candidate_y,
                       *const other_z = task.candidate_z;
    const float* const reach =
        task.candidate_reach + (kDiameters ? 0 : task.classes[i] * task.candidate_stride);
    const Float diameter = V::fset(kDiameters ? task.diameters[i] : 0);
    const std::int32_t* const offsets = task.candidates;
    std::uint16_t* const masks = task.masks;
    const Float factor = V::fset(task.reach->factor), beyond = V::fset(task.reach->beyond),
                nonadditivity = V::fset(task.reach->nonadditivity);
    const auto radius2 = [&](std::int64_t k) {
      const Float other = V::fload(reach + k);
      if constexpr (!kDiameters) return other;
      const Float apart = V::fmax(other - diameter, diameter - other);
      const Float length = (diameter + other) * (V::fset(1) - nonadditivity * apart);
      const Float radius = V::ffma(factor, length, beyond);
      return radius * radius;
    };
    for (std::int64_t k = 0; k < candidates; k += V::wide) {
      const Float dx = x - V::fload(other_x + k), dy = y - V::fload(other_y + k),
                  dz = z - V::fload(other_z + k);
      const Float d2 = V::ffma(dz, dz, V::ffma(dy, dy, dx * dx));
      masks[k / V::wide] =
          static_cast<std::uint16_t>(V::below_unless(d2, radius2(k), V::iload(offsets + k), self));
    }
    for (std::int64_t k = 0; k < candidates; k += V::wide) {
      const unsigned near = masks[k / V::wide];
      V::compress(out, V::iload(offsets + k), near);
      out += __builtin_popcount(near);
    }
    return out;
  }
};

}  // namespace pssglass
