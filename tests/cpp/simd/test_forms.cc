// A form of potential defined here, outside the core, goes through the loops that the core's own forms go
// through.
#include <doctest/doctest.h>

#include <array>

#include "forces/forces.h"
#include "models.h"
#include "particles/packed_system.h"
#include "particles/pairs.h"
#include "simd/kernel_table.h"
#include "simd/pair_table.h"
#include "simd/vectors_baseline.h"

using namespace pssglass;
using namespace pssglass::test;

namespace {

/// φ/ε = k (1 − x²)²: all that a form has to state.
struct Parabola {
  double k;
  static constexpr double q_cut = 1;

  static constexpr const char* name = "parabola";
  static constexpr std::array parameters{FormParameter{"k"}};
  static Parabola from(const std::array<std::vector<double>, 1>& values) { return {values[0][0]}; }
  void check() const {}
  bool fits_simple() const { return true; }
  Derivatives value(double q) const { return plain_value(*this, q); }

  template <class V, bool kSimple, bool kSingle>
  class Evaluator {
    using Real = typename V::Real;

   public:
    Evaluator(const Parabola& form, double energy) : k_(V::set(energy * form.k)) {}
    static PSSGLASS_PAIR Real early(Real q) { return V::set(1) - q; }
    PSSGLASS_PAIR Real push(Real, Real overlap) const { return V::set(4) * k_ * overlap; }
    PSSGLASS_PAIR Real energy(Real, Real overlap) const { return k_ * overlap * overlap; }
    PSSGLASS_PAIR Real stiffness(Real, Real) const { return V::set(8) * k_; }

   private:
    Real k_;
  };
};
static_assert(PairForm<Parabola>);

template <class Form>
ForceField reference(const System& system, const Potential& scales, const Form& form) {
  ForceField out;
  out.forces.resize(system.size());
  for (const Pair& pair : interacting_pairs(system, scales)) {
    const auto i = static_cast<std::size_t>(pair.i), j = static_cast<std::size_t>(pair.j);
    const auto& scale = scales.scale(system.species[i], system.species[j]);
    const PairTerms terms = scaled(form.value(pair.r2 * scale.inverse_length2), scale);
    out.energy += terms.energy;
    out.forces[j] -= terms.slope * pair.separation;
    out.forces[i] += terms.slope * pair.separation;
    out.stress.xy -= terms.slope * pair.separation.x * pair.separation.y / system.box.volume();
  }
  return out;
}

/// The pair loops of one form, called as the core calls them.
template <class Form>
[[gnu::noinline]] const PairKernels& loops_of() {
  return PairKernelsOf<Baseline, BaselineSingle, FormList<Form>>::pairs[0][0];
}

/// The pair loops of one form over the lists of `scales`, against its reference.
template <class Form>
void check_loops(const System& system, const Potential& scales, const Form& form, Precision precision) {
  PackedSystem packed(system, scales, 0.3, {1, precision, Simd::baseline});
  const double length = system.box.lx(), scale = max_norm(reference(system, scales, form).forces);
  PairTable table = pair_table(scales, length);
  set_form(table, form);
  CHECK(table.simple == (scales.scale(0, 0).energy == scales.scale(0, 1).energy));
  const ForceField expected = reference(system, scales, form);
  const PairKernels& loops = loops_of<Form>();
  const auto slots = static_cast<std::size_t>(packed.size());
  AlignedVector<double> forces(4 * (slots + 2));
  AlignedVector<std::int32_t> fractions(4 * (slots + 2), table.no_particle);
  const bool mixed = precision == Precision::mixed;
  if (mixed)
    kernels(Simd::baseline).pack(packed.records(), length, false, 0, packed.size(), fractions.data());
  Tally sums{};
  for (std::int64_t w = 0; w < packed.lists().windows(); ++w) {
    const ListSpan list = packed.lists().window(w);
    if (mixed)
      loops.mixed_forces(list, fractions.data(), table, length, false, forces.data());
    else
      loops.forces(list, packed.records(), table, false, forces.data());
    const Tally t = loops.observe(list, packed.lists().lanes(), packed.records(), table, mixed ? length : 0);
    sums.energy += 0.5 * t.energy;
    sums.virial[3] += 0.5 * t.virial[3];
  }
  double worst = 0;
  for (std::size_t k = 0; k < slots; ++k) {
    const double* f = &forces[4 * k];
    worst = std::max(worst, norm(Vec3{f[0], f[1], f[2]} - expected.forces[packed.ids()[k]]));
  }
  CHECK(worst < (mixed ? 3e-6 : 1e-12) * scale);
  CHECK(sums.energy == doctest::Approx(expected.energy).epsilon(1e-12));
  CHECK(sums.virial[3] / system.box.volume() == doctest::Approx(expected.stress.xy).epsilon(1e-10));
}

}  // namespace

TEST_CASE("a form from outside the core runs through the same pair loops as its reference") {
  const System system = jittered_lattice(8, 0.1, 3);
  for (const Precision precision : {Precision::full, Precision::mixed})
    for (const std::vector<double>& energies : {std::vector<double>{2, 2, 2, 2}, {1, 1.5, 1.5, 0.5}}) {
      check_loops(system, contacts(2, energies), Parabola{3}, precision);
      check_loops(system, contacts(2, energies), Hertzian{1, 2.5}, precision);
      check_loops(system, contacts(2, energies), Hertzian{0.5, 2}, precision);
    }
}
