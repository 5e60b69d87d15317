// Forces, energy, stress and Born term of sliced Verlet lists.
#pragma once

#include "simd/kernel_scales.h"

namespace pssglass {

/// The form that the table holds.
template <class Form>
inline __attribute__((always_inline)) Form form_of(const PairTable& table) {
  Form form;
  __builtin_memcpy(&form, table.form, sizeof form);
  return form;
}

/// The form's formulas, with the energy of all pairs folded in where there is but one.
template <class Form, class V, bool kSimple, bool kSingle = false>
inline __attribute__((always_inline)) auto evaluator_of(const PairTable& table) {
  return typename Form::template Evaluator<V, kSimple, kSingle>(form_of<Form>(table),
                                                                kSimple ? table.energy[0][0] : 1.0);
}

/// The records of a slice's particles.
template <class V>
struct Records {
  using Real = typename V::Real;
  Real x, y, z, tag;

  inline __attribute__((always_inline)) Records(const double* records, const std::int32_t* offsets) {
    V::load_records(records, offsets, x, y, z, tag);
  }
};

/// The particles of one slice and what all their pairs share.
template <class V, class By>
struct SliceView : Records<V> {
  typename By::template Scales<V> scales;

  inline __attribute__((always_inline)) SliceView(const Slice& slice, const std::int32_t* offsets,
                                                  const double* records, const PairTable& table)
      : Records<V>(records, offsets), scales(table, slice, this->tag) {}
};

/// Separation and reduced distance of one entry of each lane, and what takes the form longest to compute of
/// it.
template <class V, class Evaluator>
struct PairVector {
  using Real = typename V::Real;
  Real x, y, z, tag, scale, q, early;

  template <class By>
  inline __attribute__((always_inline)) PairVector(const SliceView<V, By>& own, const double* records,
                                                   const std::int32_t* entry, const Evaluator& potential) {
    V::load_records(records, entry, x, y, z, tag);
    x = own.x - x;
    y = own.y - y;
    z = own.z - z;
    scale = own.scales.inverse_length2(tag);
    reduce(V::fma(z, z, V::fma(y, y, x * x)), potential);
  }
  inline __attribute__((always_inline)) void reduce(Real r2, const Evaluator& potential) {
    q = r2 * scale;
    early = potential.early(q);
  }
};

/// A squared distance beyond every cutoff.
inline constexpr double kFarAway = 1e12;
/// What a list entry points to is fetched this many vectors before its use, and the entry itself long before
/// that: the processor's own prefetching stops at every page.
inline constexpr int kPrefetchDistance = 20, kListPrefetchDistance = 256;

template <int lanes, class T>
inline __attribute__((always_inline)) void prefetch(const T* records, const std::int32_t* entry) {
  __builtin_prefetch(entry + kListPrefetchDistance * lanes);
  for (int k = 0; k < lanes; ++k) __builtin_prefetch(records + entry[kPrefetchDistance * lanes + k]);
}

/// Returns Σ energy over the entries, 0 unless kEnergy.
template <class V, class By, class Form, bool kSimple, bool kEnergy, bool kFar>
double sum_forces(const ListSpan& list, const double* records, const PairTable& table, double* forces) {
  using Real = typename V::Real;
  const auto potential = evaluator_of<Form, V, kSimple>(table);
  using Neighbor = PairVector<V, decltype(evaluator_of<Form, V, kSimple>(table))>;
  const Real q_cut = V::set(table.q_cut);
  Real total = V::set(0);
  for (std::int64_t s = 0; s < list.count; ++s) {
    const Slice& slice = list.slices[s];
    const SliceView<V, By> own(slice, slice.offsets, records, table);
    const std::int32_t* entry = list.entries + slice.begin;
    Real fx = V::set(0), fy = V::set(0), fz = V::set(0);
    // The next entries are loaded while these are worked on: the processor's window is too short to do it
    // alone.
    Neighbor next(own, records, entry, potential);
    for (int m = 0; m < slice.length; ++m) {
      const Neighbor pair = next;
      entry += V::lanes;
      if constexpr (kFar) prefetch<V::lanes>(records, entry);
      next = Neighbor(own, records, entry, potential);
      const auto inside = V::less(pair.q, q_cut);
      Real scale = pair.scale;
      if constexpr (!kSimple) scale = scale * own.scales.energy(pair.tag);
      const Real push = V::keep_mul(inside, potential.push(pair.q, pair.early), scale);
      fx = V::fma(push, pair.x, fx);
      fy = V::fma(push, pair.y, fy);
      fz = V::fma(push, pair.z, fz);
      if constexpr (kEnergy) {
        const Real depth = kSimple ? V::set(1) : own.scales.energy(pair.tag);
        total = total + V::keep_mul(inside, potential.energy(pair.q, pair.early), depth);
      }
    }
    V::store_records(forces, slice.offsets, fx, fy, fz);
  }
  return kEnergy ? V::sum(total) : 0;
}

/// Sums in double precision over lists of either precision, `lanes` entries side by side. Where `fold` is the
/// edge of a cubic box the records have no ghosts and the nearest images are taken.
template <class V, class By, class Form, bool kSimple, bool kFold>
Tally sum_tally(const ListSpan& list, int lanes, const double* records, const PairTable& table, double fold) {
  using Real = typename V::Real;
  const auto potential = evaluator_of<Form, V, kSimple>(table);
  using Neighbor = PairVector<V, decltype(evaluator_of<Form, V, kSimple>(table))>;
  const Real q_cut = V::set(table.q_cut), zero = V::set(0), third = V::set(1.0 / 3);
  const auto nearest = [&](Real d) { return d - V::set(fold) * V::round(d * V::set(1 / fold)); };
  Real energy = zero, xx = zero, yy = zero, zz = zero, xy = zero, xz = zero, yz = zero, born = zero;
  for (std::int64_t s = 0; s < list.count; ++s)
    for (int first = 0; first < lanes; first += V::lanes) {
      const Slice& slice = list.slices[s];
      const SliceView<V, By> own(slice, slice.offsets + first, records, table);
      const std::int32_t* entry = list.entries + slice.begin + first;
      for (int m = 0; m < slice.length; ++m, entry += lanes) {
        Neighbor p(own, records, entry, potential);
        if constexpr (kFold) {
          // Records that stand for no particle are farther than any box: they must stay so.
          const auto real = V::less(p.x * p.x, V::set(4 * fold * fold));
          p.x = nearest(p.x);
          p.y = nearest(p.y);
          p.z = nearest(p.z);
          p.reduce(V::select(real, V::fma(p.z, p.z, V::fma(p.y, p.y, p.x * p.x)), V::set(kFarAway)),
                   potential);
        }
        const auto inside = V::less(p.q, q_cut);
        const Real depth = kSimple ? V::set(1) : own.scales.energy(p.tag);
        energy = energy + V::keep_mul(inside, potential.energy(p.q, p.early), depth);
        const Real push = V::keep_mul(inside, potential.push(p.q, p.early), p.scale * depth);
        const Real fx = push * p.x, fy = push * p.y, fz = push * p.z;
        xx = V::fma(fx, p.x, xx);
        yy = V::fma(fy, p.y, yy);
        zz = V::fma(fz, p.z, zz);
        xy = V::fma(fx, p.y, xy);
        xz = V::fma(fx, p.z, xz);
        yz = V::fma(fy, p.z, yz);
        // Mean over the six simple shears: (u″ − u′/r)/r² of x²y² and its like, and u′/r of x² and its like.
        const Real x2 = p.x * p.x, y2 = p.y * p.y, z2 = p.z * p.z;
        const Real curvature =
            V::keep_mul(inside, potential.stiffness(p.q, p.early), p.scale * p.scale * depth);
        born = V::fma(third * curvature, V::fma(x2, y2, V::fma(x2, z2, y2 * z2)), born);
        born = born - third * push * (x2 + y2 + z2);
      }
    }
  return {
      V::sum(energy), {V::sum(xx), V::sum(yy), V::sum(zz), V::sum(xy), V::sum(xz), V::sum(yz)}, V::sum(born)};
}

template <class V, class By, class Form>
struct ForceKernels {
  static void forces(const ListSpan& list, const double* records, const PairTable& table, bool far,
                     double* out) {
    if (table.simple)
      far ? sum_forces<V, By, Form, true, false, true>(list, records, table, out)
          : sum_forces<V, By, Form, true, false, false>(list, records, table, out);
    else
      far ? sum_forces<V, By, Form, false, false, true>(list, records, table, out)
          : sum_forces<V, By, Form, false, false, false>(list, records, table, out);
  }
  static double forces_energy(const ListSpan& list, const double* records, const PairTable& table, bool far,
                              double* out) {
    if (table.simple)
      return far ? sum_forces<V, By, Form, true, true, true>(list, records, table, out)
                 : sum_forces<V, By, Form, true, true, false>(list, records, table, out);
    return far ? sum_forces<V, By, Form, false, true, true>(list, records, table, out)
               : sum_forces<V, By, Form, false, true, false>(list, records, table, out);
  }
  static Tally observe(const ListSpan& list, int lanes, const double* records, const PairTable& table,
                       double fold) {
    if (table.simple)
      return fold > 0 ? sum_tally<V, By, Form, true, true>(list, lanes, records, table, fold)
                      : sum_tally<V, By, Form, true, false>(list, lanes, records, table, fold);
    return fold > 0 ? sum_tally<V, By, Form, false, true>(list, lanes, records, table, fold)
                    : sum_tally<V, By, Form, false, false>(list, lanes, records, table, fold);
  }
};

}  // namespace pssglass
