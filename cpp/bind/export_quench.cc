#include "arrays.h"
#include "exports.h"
#include "minimise/quench.h"

namespace pssglass::bind {
namespace {

py::dict quench(const Potential& potential, const DoubleArray& box, const DoubleArray& positions,
                const IntArray& species, const std::string& method, double tolerance,
                std::int64_t max_evaluations, int threads, double flow_tolerance, const Diameters& diameters,
                const std::optional<double>& pressure) {
  const System system = to_system(box, positions, species, diameters);
  const QuenchOptions options{quench_method(method), tolerance, max_evaluations, threads,
                              flow_tolerance,        pressure};
  const QuenchResult result = [&] {
    py::gil_scoped_release release;
    return minimize(system, potential, options);
  }();
  py::dict out;
  out["positions"] = to_array(result.positions);
  out["box"] = to_array(result.box);
  out["pressure"] = result.pressure;
  out["method"] = method;
  out["iterations"] = result.iterations;
  out["force_evaluations"] = result.force_evaluations;
  out["newton_steps"] = result.newton_steps;
  out["max_force"] = result.max_force;
  out["energy"] = result.energy;
  out["converged"] = result.converged;
  out["message"] = result.message;
  return out;
}

}  // namespace

void export_quench(py::module_& m) {
  m.def("minimize", &quench, py::arg("potential"), py::arg("box"), py::arg("positions"), py::arg("species"),
        py::kw_only(), py::arg("method") = "fast", py::arg("tolerance") = 1e-9,
        py::arg("max_evaluations") = 200000, py::arg("threads") = 1,
        py::arg("flow_tolerance") = QuenchOptions{}.flow_tolerance, py::arg("diameters") = py::none(),
        py::arg("pressure") = py::none(),
        "Minimise the energy at fixed volume, or U + P V at a pressure; non-convergence is a status.");
}

}  // namespace pssglass::bind
