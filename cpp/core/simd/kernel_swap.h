// Swap moves: distances of rows of neighbours, and the energy of two particles that exchange their tags.
#pragma once

#include "simd/kernel_forces.h"

namespace pssglass {

template <class V>
struct RowKernels {
  using Real = typename V::Real;

  static void measure(const RowTask& task) {
    const Real xy = V::set(task.xy), xz = V::set(task.xz), yz = V::set(task.yz);
    const Real lx = V::set(task.edges[0]), ly = V::set(task.edges[1]), lz = V::set(task.edges[2]);
    const Real ix = V::set(task.inverse_edges[0]), iy = V::set(task.inverse_edges[1]),
               iz = V::set(task.inverse_edges[2]);
    for (std::int64_t i = 0; i < task.count; ++i) {
      const double* own = task.records + 4 * i;
      const Real x = V::set(own[0]), y = V::set(own[1]), z = V::set(own[2]);
      for (std::int64_t k = task.starts[i]; k < task.starts[i + 1]; k += V::lanes) {
        Real dx, dy, dz, tag;
        V::load_records(task.records, task.entries + k, dx, dy, dz, tag);
        dx = dx - x, dy = dy - y, dz = dz - z;
        const Real sheared = dy - yz * dz;
        const Real nx = lx * V::round((dx - xy * sheared - xz * dz) * ix);
        const Real ny = ly * V::round(sheared * iy), nz = lz * V::round(dz * iz);
        dx = dx - (nx + xy * ny + xz * nz), dy = dy - (ny + yz * nz), dz = dz - nz;
        double r2[V::lanes];
        V::store(r2, V::fma(dz, dz, V::fma(dy, dy, dx * dx)));
        for (int lane = 0; lane < V::lanes; ++lane) task.r2[k + V::order[lane]] = r2[lane];
      }
    }
  }

  static std::int64_t gather(const GatherTask& task) {
    const Real reach2 = V::set(task.reach2), zero = V::set(0);
    std::int64_t found = 0;
    for (std::int64_t k = 0; k < task.count; k += V::lanes) {
      const Real r2 = V::load(task.r2 + k), tag = V::pick(task.records + 3, task.entries + k);
      unsigned kept = V::mask_bits(V::less(V::fma(tag, zero, r2), reach2));
      if (task.count - k < V::lanes) kept &= (1u << (task.count - k)) - 1;
      V::compress(task.near2 + found, r2, kept);
      V::compress(task.tags + found, tag, kept);
      found += __builtin_popcount(kept);
    }
    return found;
  }
};

/// Entries that are summed side by side, so that vectors of four and of eight add up in the same order.
inline constexpr int kSideBySide = 8;
static_assert(kSideBySide >= kMaxLanes);

template <class V, class By, class Form>
struct SwapKernels {
  using Real = typename V::Real;

  static double energy(const SwapTask& task, const PairTable& table) {
    return table.simple ? sum<true>(task, table) : sum<false>(task, table);
  }

 private:
  using Scales = typename By::template Scales<V>;

  template <bool kSimple>
  static double sum(const SwapTask& task, const PairTable& table) {
    constexpr int vectors = kSideBySide / V::lanes;
    const auto potential = evaluator_of<Form, V, kSimple>(table);
    const Scales scales[2] = {scales_of(task.own[0], table), scales_of(task.own[1], table)};
    const Real q_cut = V::set(table.q_cut);
    const auto energy = [&](const Scales& own, Real r2, Real tag) {
      const Real q = r2 * own.inverse_length2(tag);
      const Real depth = kSimple ? V::set(1) : own.energy(tag);
      return V::keep_mul(V::less(q, q_cut), potential.energy(q, potential.early(q)), depth);
    };
    Real sums[vectors];
    for (Real& one : sums) one = V::set(0);
    for (int p = 0; p < 2; ++p)
      for (std::int64_t first = 0; first < task.count[p]; first += kSideBySide)
        for (int v = 0; v < vectors; ++v) {
          const std::int64_t k = first + v * V::lanes;
          const Real r2 = V::load(task.r2[p] + k), tag = V::load(task.tags[p] + k);
          sums[v] = sums[v] + (energy(scales[1 - p], r2, tag) - energy(scales[p], r2, tag));
        }
    double lanes[kSideBySide], total = 0;
    for (int v = 0; v < vectors; ++v) V::store(lanes + v * V::lanes, sums[v]);
    for (const double lane : lanes) total += lane;
    return total;
  }

  static inline __attribute__((always_inline)) Scales scales_of(const Candidate& own,
                                                                const PairTable& table) {
    return {table, Slice{0, 0, own.species, {}}, V::set(own.tag)};
  }
};

}  // namespace pssglass
