#include <array>

#include "arrays.h"
#include "base/error.h"
#include "exports.h"
#include "forces/forces.h"
#include "particles/near_pairs.h"

namespace pssglass::bind {
namespace {

template <std::size_t>
using Value = DoubleArray;

std::vector<double> to_flat(const DoubleArray& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

std::vector<double> to_entries(const DoubleArray& array, const FormParameter& parameter) {
  const bool number = parameter.count == 0, any_length = parameter.count == kAnyLength;
  if (array.ndim() != (number ? 0 : 1))
    throw InvalidArgument(std::string(parameter.name) + " has shape " + shape_of(array) + ": give " +
                          (number ? "one number" : "a list"));
  if (!number && !any_length && static_cast<std::size_t>(array.size()) != parameter.count)
    throw InvalidArgument(std::string(parameter.name) + " has " + std::to_string(array.size()) +
                          " coefficients: give [" + parameter.entries + "]");
  return to_flat(array);
}

/// The constructors of a potential of this form: energies and lengths, or one energy and how diameters mix;
/// and the form's parameters by name.
template <class Form>
void add_constructor(py::class_<Potential>& potential) {
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    potential.def(
        py::init([](const DoubleArray& epsilon, const DoubleArray& length, const Value<k>&... values) {
          return Potential(to_flat(epsilon), to_flat(length),
                           Form::from({to_entries(values, Form::parameters[k])...}));
        }),
        py::arg("epsilon"), py::arg("length"), py::arg(Form::parameters[k].name)...);
    potential.def_static(
        "by_diameter",
        [](double epsilon, double nonadditivity, const Value<k>&... values) {
          return Potential::by_diameter(epsilon, Mixing{nonadditivity},
                                        Form::from({to_entries(values, Form::parameters[k])...}));
        },
        py::arg("epsilon"), py::arg("nonadditivity"), py::arg(Form::parameters[k].name)...);
  }(std::make_index_sequence<Form::parameters.size()>{});
}

template <class... Form>
void add_constructors(py::class_<Potential>& potential, FormList<Form...>) {
  (add_constructor<Form>(potential), ...);
}

py::dict energy_forces(const Potential& potential, const DoubleArray& box, const DoubleArray& positions,
                       const IntArray& species, const Diameters& diameters) {
  const System system = to_system(box, positions, species, diameters);
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

py::tuple near_pairs(const DoubleArray& box, const DoubleArray& positions, double cutoff) {
  const Box edges = to_box(box);
  const Vectors points = to_vectors(positions, "positions");
  std::vector<int> ends;
  Vectors separations;
  {
    py::gil_scoped_release release;
    for (const NearPair& pair : pairs_within(edges, points, cutoff)) {
      ends.insert(ends.end(), {pair.i, pair.j});
      separations.push_back(pair.separation);
    }
  }
  const auto count = static_cast<py::ssize_t>(separations.size());
  return py::make_tuple(to_array(ends.data(), {count, 2}), to_array(separations));
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
  py::class_<Potential> potential(
      m, "Potential",
      "Pair potential of every pair of species, or of diameters; see core/potential for the forms.");
  add_constructors(potential, Forms{});
  potential.def(
      "terms",
      [](const Potential& p, int a, int b, double r2) {
        const PairTerms t = p.terms(a, b, r2);
        return std::array<double, 3>{t.energy, t.slope, t.curvature};
      },
      py::arg("species_a"), py::arg("species_b"), py::arg("r2"), "u, u'/r and (u'' - u'/r)/r^2 at r^2.");
  m.def("energy_forces", &energy_forces, py::arg("potential"), py::arg("box"), py::arg("positions"),
        py::arg("species"), py::arg("diameters") = py::none(),
        "Reference evaluation: energy, forces (N, 3) and stress (3, 3).");
  m.def(
      "pairs_within", &near_pairs, py::arg("box"), py::arg("positions"), py::arg("cutoff"),
      "Pairs i <= j closer than the cutoff over all periodic images, sorted: (n, 2), and r_j - r_i (n, 3).");
}

}  // namespace pssglass::bind
