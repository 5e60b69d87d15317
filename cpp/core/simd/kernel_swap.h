// Energies of one particle among its neighbours, with the tag that it has and with one that it might have.
#pragma once

#include "simd/kernel_forces.h"

namespace pssglass {

/// Entries that are summed side by side, so that vectors of four and of eight add up in the same order.
inline constexpr int kSideBySide = 8;
static_assert(kSideBySide >= kMaxLanes);

template <class V, class By, class Form>
struct SwapKernels {
  using Real = typename V::Real;

  static void energies(const SwapTask& task, const PairTable& table, double* out) {
    for (int which = 0; which < 2; ++which)
      out[which] = table.simple ? sum<true>(task, task.candidates[which], table)
                                : sum<false>(task, task.candidates[which], table);
  }

 private:
  template <bool kSimple>
  static double sum(const SwapTask& task, const Candidate& own, const PairTable& table) {
    constexpr int vectors = kSideBySide / V::lanes;
    const auto potential = evaluator_of<Form, V, kSimple>(table);
    using Evaluator = decltype(evaluator_of<Form, V, kSimple>(table));
    const Slice slice{0, 0, own.species, {}};
    const typename By::template Scales<V> scales(table, slice, V::set(own.tag));
    const Real q_cut = V::set(table.q_cut);
    Real sums[vectors];
    for (Real& one : sums) one = V::set(0);
    for (std::int64_t first = 0; first < task.count; first += kSideBySide)
      for (int v = 0; v < vectors; ++v) {
        const std::int64_t k = first + v * V::lanes;
        const Real tag = V::load(task.tags + k);
        const Real q = V::load(task.r2 + k) * scales.inverse_length2(tag);
        const Real depth = kSimple ? V::set(1) : scales.energy(tag);
        const Real energy = potential.energy(q, Evaluator::early(q));
        sums[v] = sums[v] + V::keep_mul(V::less(q, q_cut), energy, depth);
      }
    double lanes[kSideBySide], total = 0;
    for (int v = 0; v < vectors; ++v) V::store(lanes + v * V::lanes, sums[v]);
    for (const double lane : lanes) total += lane;
    return total;
  }
};

}  // namespace pssglass
