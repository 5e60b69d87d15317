// What scales the pairs of one slice's particles: energy, and 1/λ² in the units of the separation.
#pragma once

#include "simd/kernels.h"

namespace pssglass {

/// By the species of both: entries of the table. `own`, the tags of the slice's particles, tell nothing more.
template <class V>
class SpeciesScales {
  using Real = typename V::Real;

 public:
  inline __attribute__((always_inline)) SpeciesScales(const PairTable& table, const Slice& slice, Real)
      : inverse_length2_(V::row(table.inverse_length2[slice.species])),
        energy_(V::row(table.energy[slice.species])) {}
  inline __attribute__((always_inline)) Real inverse_length2(Real tag) const {
    return V::lookup(inverse_length2_, tag);
  }
  inline __attribute__((always_inline)) Real energy(Real tag) const { return V::lookup(energy_, tag); }

 private:
  typename V::Row inverse_length2_, energy_;
};

/// In single precision, of separations as fractions of the box.
template <class S>
class FractionSpeciesScales {
  using Real = typename S::Real;
  using Int = typename S::Int;

 public:
  inline __attribute__((always_inline)) FractionSpeciesScales(const PairTable& table, const Slice& slice, Int)
      : inverse_length2_(S::row(table.fraction_scale[slice.species])),
        energy_(S::row(table.fraction_energy[slice.species])) {}
  inline __attribute__((always_inline)) Real inverse_length2(Int tag) const {
    return S::lookup(inverse_length2_, tag);
  }
  inline __attribute__((always_inline)) Real energy(Int tag) const { return S::lookup(energy_, tag); }

 private:
  typename S::Row inverse_length2_, energy_;
};

/// By their diameters, which are the tags: rounded as Mixing and scale_of round it.
template <class V>
class DiameterScales {
  using Real = typename V::Real;

 public:
  inline __attribute__((always_inline)) DiameterScales(const PairTable& table, const Slice&, Real own)
      : DiameterScales(table, own, 1) {}
  inline __attribute__((always_inline)) Real inverse_length2(Real other) const {
    const Real length = V::set(0.5) * (own_ + other) * (V::set(1) - nonadditivity_ * V::abs(own_ - other));
    return unit2_ / (length * length);
  }
  inline __attribute__((always_inline)) Real energy(Real) const { return energy_; }

 protected:
  inline __attribute__((always_inline)) DiameterScales(const PairTable& table, Real own, double unit2)
      : own_(own),
        nonadditivity_(V::set(table.nonadditivity)),
        unit2_(V::set(unit2)),
        energy_(V::set(table.energy[0][0])) {}

 private:
  Real own_, nonadditivity_, unit2_, energy_;
};

/// In single precision, of separations as fractions of the box; tags are the bits of the diameters.
template <class S>
class FractionDiameterScales : DiameterScales<S> {
  using Real = typename S::Real;
  using Int = typename S::Int;

 public:
  inline __attribute__((always_inline)) FractionDiameterScales(const PairTable& table, const Slice&, Int own)
      : DiameterScales<S>(table, S::as_real(own), table.fraction_unit2) {}
  inline __attribute__((always_inline)) Real inverse_length2(Int other) const {
    return DiameterScales<S>::inverse_length2(S::as_real(other));
  }
  inline __attribute__((always_inline)) Real energy(Int tag) const {
    return DiameterScales<S>::energy(S::as_real(tag));
  }
};

/// What lengths follow from, and how that is worked out in double precision (V) and in fractions (S).
struct BySpecies {
  template <class V>
  using Scales = SpeciesScales<V>;
  template <class S>
  using FractionScales = FractionSpeciesScales<S>;
};
struct ByDiameter {
  template <class V>
  using Scales = DiameterScales<V>;
  template <class S>
  using FractionScales = FractionDiameterScales<S>;
};

}  // namespace pssglass
