#include <Eigen/Core>

#include "arrays.h"
#include "exports.h"
#include "quasilocalised/bond_cost.h"
#include "quasilocalised/descent.h"
#include "quasilocalised/expansion.h"

namespace pssglass::bind {
namespace {

py::array_t<double> to_array(const Vector& v) { return bind::to_array(v.data(), {v.size()}); }

/// (n, N, 3) as columns of 3N components.
Eigen::Map<const Matrix> to_columns(const Mechanics& mechanics, const DoubleArray& fields) {
  const auto particles = static_cast<py::ssize_t>(mechanics.system().size());
  if (fields.ndim() != 3 || fields.shape(1) != particles || fields.shape(2) != 3)
    throw InvalidArgument("fields have shape " + shape_of(fields) +
                          ": give (n, N, 3) with N = " + std::to_string(particles));
  return {fields.data(), 3 * particles, fields.shape(0)};
}

template <class Work>
auto without_gil(Work&& work) {
  py::gil_scoped_release release;
  return work();
}

py::dict pseudo_harmonic_modes(const Mechanics& mechanics, const DoubleArray& starts, double tolerance,
                               int max_iterations, double longest_step, int threads) {
  const auto columns = to_columns(mechanics, starts);
  const PseudoHarmonicModes found = without_gil([&] {
    return pssglass::pseudo_harmonic_modes(mechanics, columns, {tolerance, max_iterations, longest_step},
                                           threads);
  });
  py::dict out;
  out["vectors"] = bind::to_array(found.vectors.data(), {starts.shape(0), starts.shape(1), 3});
  out["stiffnesses"] = to_array(found.stiffnesses);
  out["costs"] = to_array(found.costs);
  out["residuals"] = to_array(found.residuals);
  out["iterations"] = bind::to_array(found.iterations);
  return out;
}

/// Of one field of the whole backbone, for those who want to look at the cost function itself.
py::tuple bond_cost(const Mechanics& mechanics, const DoubleArray& fields) {
  const auto columns = to_columns(mechanics, fields);
  Matrix gradients(columns.rows(), columns.cols());
  Vector costs(columns.cols());
  without_gil([&] { bond_costs(mechanics, columns, costs, gradients); });
  return py::make_tuple(to_array(costs),
                        bind::to_array(gradients.data(), {fields.shape(0), fields.shape(1), 3}));
}

py::dict energy_expansion(const Mechanics& mechanics, const DoubleArray& fields) {
  const auto columns = to_columns(mechanics, fields);
  const Expansion found = without_gil([&] { return expansion(mechanics, columns); });
  py::dict out;
  out["stiffnesses"] = to_array(found.stiffnesses);
  out["cubic"] = to_array(found.cubic);
  out["quartic"] = to_array(found.quartic);
  return out;
}

}  // namespace

void export_quasilocalised(py::module_& m) {
  m.def("pseudo_harmonic_modes", &pseudo_harmonic_modes, py::arg("mechanics"), py::arg("starts"),
        py::arg("tolerance") = 1e-10, py::arg("max_iterations") = 20000, py::arg("longest_step") = 0.2,
        py::arg("threads") = 1, "Minima of the bond cost C(z), by L-BFGS from each start (n, N, 3).");
  m.def("bond_cost", &bond_cost, py::arg("mechanics"), py::arg("fields"),
        "ln C (n,) and its gradient (n, N, 3) of each field.");
  m.def("energy_expansion", &energy_expansion, py::arg("mechanics"), py::arg("fields"),
        "Second, third and fourth derivatives of the energy along each field (n, N, 3).");
}

}  // namespace pssglass::bind
