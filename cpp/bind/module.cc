#include "exports.h"

using namespace pssglass::bind;

PYBIND11_MODULE(_core, m) {
  m.doc() = "The engine of pssglass. Import pssglass instead: it checks input and names errors.";
  export_forces(m);
  export_dynamics(m);
  export_quench(m);
  export_mechanics(m);
  export_quasilocalised(m);
  export_deformation(m);
  export_structure(m);
  export_info(m);
}
