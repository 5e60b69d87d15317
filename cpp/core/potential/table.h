// Any potential, from a table of its values and derivatives.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "potential/form.h"

namespace pssglass {

/// A form that keeps numbers elsewhere, and what owns them.
template <class Form>
struct Stored {
  Form form;
  std::shared_ptr<const void> memory;
};

/// φ/ε by polynomials of fifth order in q = x² between equidistant nodes, at which energy, force and
/// stiffness are continuous. Below the first node φ goes on as the parabola in q that it begins with.
struct Table {
  /// Of each cell, the parabola before all: push in powers of t, the distance from the cell's middle over its
  /// width, and the energy in the middle; two are unused.
  static constexpr int kRow = 8;
  static constexpr std::size_t kMaxNodes = 8193;
  const double* rows;
  const float* single_rows;
  double last, per_cell, offset, width, q_cut;  // row = per_cell·q + offset, to the nearest up to last

  static constexpr const char* name = "table";
  static constexpr std::array parameters{FormParameter{"q_first"}, FormParameter{"q_cut"},
                                         FormParameter{"nodes", kAnyLength}};
  /// `nodes` are φ, dφ/dq and d²φ/dq² at each, one node behind the other.
  static Stored<Table> from(const std::array<std::vector<double>, 3>& values);
  void check() const {}
  bool fits_simple() const { return true; }
  Derivatives value(double q) const { return plain_value(*this, q); }

  template <class V, bool kSimple, bool kSingle>
  class Evaluator {
    using Real = typename V::Real;

   public:
    Evaluator(const Table& table, double energy)
        : last_(V::set(table.last)),
          per_cell_(V::set(table.per_cell)),
          offset_(V::set(table.offset)),
          energy_(V::set(energy)),
          half_width_(V::set(-0.5 * energy * table.width)),
          slope_(V::set(-2 * energy * table.per_cell)) {
      if constexpr (kSingle)
        rows_ = table.single_rows;
      else
        rows_ = table.rows;
    }

    /// The row of one cell for each lane.
    PSSGLASS_PAIR Real early(Real q) const {
      // What is no number counts as far away.
      const Real row = V::max(V::min(place(q), last_), V::set(0));
      if constexpr (requires { V::nearest(row); }) return V::nearest(row);
      // Adding this rounds to whole numbers.
      const Real rounder = V::set(kSingle ? 0x1.8p23 : 0x1.8p52);
      return (row + rounder) - rounder;
    }

    PSSGLASS_PAIR Real push(Real q, Real row) const {
      const Cell cell(*this, q, row);
      const Real high = V::fma(V::fma(cell.p4, cell.t, cell.p3), cell.t, cell.p2);
      return energy_ * V::fma(V::fma(high, cell.t, cell.p1), cell.t, cell.p0);
    }
    PSSGLASS_PAIR Real energy(Real q, Real row) const {
      const Cell cell(*this, q, row);
      Real integral = V::fma(cell.p4 * V::set(0.2), cell.t, cell.p3 * V::set(0.25));
      integral = V::fma(integral, cell.t, cell.p2 * V::set(1.0 / 3));
      integral = V::fma(V::fma(integral, cell.t, cell.p1 * V::set(0.5)), cell.t, cell.p0);
      return V::fma(half_width_ * cell.t, integral, energy_ * cell.middle);
    }
    PSSGLASS_PAIR Real stiffness(Real q, Real row) const {
      const Cell cell(*this, q, row);
      const Real high = V::fma(V::set(4) * cell.p4, cell.t, V::set(3) * cell.p3);
      return slope_ * V::fma(V::fma(high, cell.t, V::set(2) * cell.p2), cell.t, cell.p1);
    }

   private:
    PSSGLASS_PAIR Real place(Real q) const { return V::fma(q, per_cell_, offset_); }

    /// What the rows say, and where in the cells q lies.
    struct Cell {
      Real t, p0, p1, p2, p3, p4, middle;

      PSSGLASS_PAIR Cell(const Evaluator& of, Real q, Real row) {
        t = of.place(q) - row;
        V::load_rows(of.rows_, row * V::set(kRow), p0, p1, p2, p3, p4, middle);
      }
    };

    std::conditional_t<kSingle, const float*, const double*> rows_;
    Real last_, per_cell_, offset_, energy_, half_width_, slope_;
  };
};

}  // namespace pssglass
