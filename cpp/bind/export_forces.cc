#include <array>

#include "arrays.h"
#include "base/error.h"
#include "exports.h"
#include "forces/forces.h"

namespace pssglass::bind {
namespace {

TaperedLJ::Piece to_piece(const DoubleArray& coefficients, const char* name) {
  const auto c = to_list<double>(coefficients, name);
  if (c.size() != 6)
    throw InvalidArgument(std::string(name) + " has " + std::to_string(c.size()) +
                          " coefficients: give [a, b, c0, c2, c4, c6]");
  return {c[0], c[1], c[2], c[3], c[4], c[5]};
}

std::vector<double> to_flat(const DoubleArray& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

Potential make_potential(const DoubleArray& epsilon, const DoubleArray& length, const DoubleArray& inner,
                         const DoubleArray& outer, double x_join, double x_cut) {
  return Potential(to_flat(epsilon), to_flat(length),
                   {to_piece(inner, "inner"), to_piece(outer, "outer"), x_join * x_join, x_cut * x_cut});
}

py::dict energy_forces(const Potential& potential, const DoubleArray& box, const DoubleArray& positions,
                       const IntArray& species) {
  const System system = to_system(box, positions, species);
  const ForceField field = [&] {
    py::gil_scoped_release release;
    return evaluate(system, potential);
  }();
  py::dict out;
  out["energy"] = field.energy;
  out["forces"] = to_array(field.forces);
  out["stress"] = to_matrix(field.stress);
  return out;
}

void export_errors(py::module_& m) {
  py::register_exception<InvalidArgument>(m, "InvalidArgument", PyExc_ValueError);
  py::register_exception<BoxTooSmall>(m, "BoxTooSmall", m.attr("InvalidArgument"));
  py::register_exception<NotPositiveDefinite>(m, "NotPositiveDefinite", PyExc_RuntimeError);
  py::register_exception<NotConverged>(m, "NotConverged", PyExc_RuntimeError);
  static py::handle diverged =
      PyErr_NewException("pssglass._core.TrajectoryDiverged", PyExc_RuntimeError, nullptr);
  m.attr("TrajectoryDiverged") = diverged;
  py::register_exception_translator([](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const TrajectoryDiverged& e) {
      py::object value = py::reinterpret_borrow<py::object>(diverged)(e.what());
      value.attr("step") = e.step;
      value.attr("particle") = e.particle;
      PyErr_SetObject(diverged.ptr(), value.ptr());
    }
  });
}

}  // namespace

void export_forces(py::module_& m) {
  export_errors(m);
  py::class_<Potential>(m, "Potential",
                        "Pair potential of every pair of species; see models.py for the formula.")
      .def(py::init(&make_potential), py::arg("epsilon"), py::arg("length"), py::arg("inner"),
           py::arg("outer"), py::arg("x_join"), py::arg("x_cut"))
      .def_property_readonly("max_cutoff", &Potential::max_cutoff)
      .def(
          "terms",
          [](const Potential& p, int a, int b, double r2) {
            const PairTerms t = p.terms(a, b, r2);
            return std::array<double, 3>{t.energy, t.slope, t.curvature};
          },
          py::arg("species_a"), py::arg("species_b"), py::arg("r2"), "u, u'/r and (u'' - u'/r)/r^2 at r^2.");
  m.def("energy_forces", &energy_forces, py::arg("potential"), py::arg("box"), py::arg("positions"),
        py::arg("species"), "Reference evaluation: energy, forces (N, 3) and stress (3, 3).");
}

}  // namespace pssglass::bind
