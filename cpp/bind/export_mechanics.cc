#include <Eigen/Core>
#include <algorithm>

#include "arrays.h"
#include "exports.h"
#include "mechanics/mechanics.h"

namespace pssglass::bind {
namespace {

py::array_t<double> to_array(const Vector& v) { return bind::to_array(v.data(), {v.size()}); }

/// Columns of 3N components, one after another in memory, as (n, N, 3).
py::array_t<double> to_fields(const Matrix& columns) {
  return bind::to_array(columns.data(), {columns.cols(), columns.rows() / 3, 3});
}

template <class Work>
auto without_gil(Work&& work) {
  py::gil_scoped_release release;
  return work();
}

py::dict energetics(const Mechanics& self) {
  const Energetics e = self.energetics();
  py::dict out;
  out["energy"] = e.energy;
  out["pressure"] = e.pressure;
  out["pressure_repulsive"] = e.pressure_repulsive;
  out["pressure_attractive"] = e.pressure_attractive;
  out["coordination"] = e.coordination;
  out["max_force"] = e.max_force;
  return out;
}

/// The values are those that the object keeps: a view without a copy, hence read-only.
py::tuple hessian(py::object self) {
  auto& mechanics = self.cast<Mechanics&>();
  CsrPattern pattern = without_gil([&] { return mechanics.csr_pattern(); });
  const auto& values = mechanics.hessian().values();
  py::array_t<double> data(static_cast<py::ssize_t>(values.size()), values.data(), self);
  const py::tuple arrays =
      py::make_tuple(data, bind::to_owner(std::move(pattern.indices)), bind::to_array(pattern.indptr));
  for (const py::handle array : arrays) array.attr("flags").attr("writeable") = false;
  return arrays;
}

py::dict certify(Mechanics& self) {
  const Certificate& c = without_gil([&]() -> const Certificate& { return self.certify(); });
  py::dict out;
  out["positive"] = c.positive;
  out["negative_eigenvalues"] = c.negative_eigenvalues;
  out["zero_modes"] = c.zero_modes;
  out["lowest_eigenvalues"] = to_array(c.lowest_eigenvalues);
  out["rattlers"] = c.rattlers;
  out["bears_load"] = c.bears_load;
  return out;
}

py::dict moduli(Mechanics& self) {
  const Moduli& m = without_gil([&]() -> const Moduli& { return self.moduli(); });
  py::dict out;
  out["shear_modulus"] = m.shear_modulus;
  out["shear_modulus_nonaffine"] = m.shear_modulus_nonaffine;
  out["shear_modulus_xz"] = m.shear_modulus_xz;
  out["shear_modulus_yz"] = m.shear_modulus_yz;
  out["bulk_modulus"] = m.bulk_modulus;
  out["bulk_modulus_nonaffine"] = m.bulk_modulus_nonaffine;
  out["born_shear"] = m.born_shear;
  out["volume"] = m.volume;
  return out;
}

py::dict elasticity(Mechanics& self) {
  const Elasticity e = without_gil([&] { return self.elasticity(); });
  const auto voigt = static_cast<py::ssize_t>(kVoigt);
  py::dict out;
  out["born"] = bind::to_array(e.born.data(), {voigt, voigt});
  out["nonaffine"] = bind::to_array(e.nonaffine.data(), {voigt, voigt});
  out["displacements"] = to_fields(e.displacements);
  out["virials"] = bind::to_array(e.virials.data(), {static_cast<py::ssize_t>(e.virials.cols()), voigt});
  return out;
}

py::array_t<double> solve(Mechanics& self, const DoubleArray& b) {
  const auto rows = static_cast<py::ssize_t>(3 * self.system().size());
  if (b.ndim() != 2 || b.shape(1) != rows)
    throw InvalidArgument("b has shape " + shape_of(b) + ": give (n, 3N) with 3N = " + std::to_string(rows));
  const Eigen::Map<const Matrix> columns(b.data(), rows, b.shape(0));
  const Matrix x = without_gil([&] { return self.solve(columns); });
  return bind::to_array(x.data(), {b.shape(0), rows});
}

Eigensolver to_eigensolver(const std::string& name) {
  if (name == "block") return Eigensolver::block;
  if (name == "spectra") return Eigensolver::spectra;
  throw InvalidArgument("solver = '" + name + "' must be 'block' or 'spectra'");
}

py::dict modes(Mechanics& self, int count, double tolerance, const std::string& solver_name) {
  const Eigensolver solver = to_eigensolver(solver_name);
  const Modes m = without_gil([&] { return self.modes(count, tolerance, solver); });
  py::dict out;
  out["eigenvalues"] = to_array(m.eigenvalues);
  out["vectors"] = to_fields(m.vectors);
  out["participation_ratios"] = to_array(m.participation_ratios);
  out["residuals"] = to_array(m.residuals);
  out["converged"] = m.converged;
  return out;
}

py::array_t<int> pairs(const Mechanics& self) {
  const std::vector<IndexPair> found = self.pairs();
  return bind::to_array(found.empty() ? nullptr : found.front().data(),
                        {static_cast<py::ssize_t>(found.size()), 2});
}

py::array_t<int> rattlers(const Mechanics& self) { return bind::to_array(self.backbone().rattlers()); }

py::array_t<double> dipole_response(Mechanics& self, const IntArray& pairs) {
  if (pairs.ndim() != 2 || pairs.shape(1) != 2)
    throw InvalidArgument("pairs has shape " + shape_of(pairs) + ": give (n, 2)");
  std::vector<IndexPair> list(static_cast<std::size_t>(pairs.shape(0)));
  for (std::size_t k = 0; k < list.size(); ++k) list[k] = {pairs.data()[2 * k], pairs.data()[2 * k + 1]};
  return to_array(without_gil([&] { return self.dipole_response(list); }));
}

}  // namespace

void export_mechanics(py::module_& m) {
  py::class_<Mechanics>(m, "Mechanics", "Linear mechanics of one configuration, each piece computed once.")
      .def(py::init([](const Potential& potential, const DoubleArray& box, const DoubleArray& positions,
                       const IntArray& species, int threads, const Diameters& diameters) {
             System system = to_system(box, positions, species, diameters);
             return without_gil([&] { return Mechanics(std::move(system), potential, threads); });
           }),
           py::arg("potential"), py::arg("box"), py::arg("positions"), py::arg("species"),
           py::arg("threads") = 1, py::arg("diameters") = py::none())
      .def_property_readonly("particles", [](const Mechanics& self) { return self.system().size(); })
      .def("energetics", &energetics)
      .def("hessian", &hessian, "(data, indices, indptr) of the 3N x 3N matrix in compressed sparse rows.")
      .def("certify", &certify)
      .def("moduli", &moduli)
      .def("elasticity", &elasticity, "Second derivatives by Green's strain, displacements, virials.")
      .def("solve", &solve, py::arg("b"), "M+ b for each row of b (n, 3N), translations projected out.")
      .def("modes", &modes, py::arg("count"), py::arg("tolerance") = 1e-10, py::arg("solver") = "block",
           "The lowest modes, none missing; solver block or spectra.")
      .def("largest_eigenvalue",
           [](Mechanics& self) { return without_gil([&] { return self.largest_eigenvalue(); }); })
      .def("pairs", &pairs, "Interacting pairs i < j without a rattler, (n, 2).")
      .def("rattlers", &rattlers, "Particles that the others do not hold, (n,) ascending.")
      .def("dipole_response", &dipole_response, py::arg("pairs"), "omega_g of each pair, (n,).");
}

}  // namespace pssglass::bind
