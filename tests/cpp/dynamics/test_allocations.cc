#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "dynamics/dynamics.h"
#include "models.h"

namespace {

std::atomic<int> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  ++allocations;
  const std::size_t whole = (bytes + alignment - 1) / alignment * alignment;
  if (void* pointer = std::aligned_alloc(alignment, whole)) return pointer;
  throw std::bad_alloc();
}

}  // namespace

// Arrays of the standard form take the first of these, those of either kind end in one of the others.
void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }

using namespace pssglass;
using namespace pssglass::test;

namespace {

struct Work {
  int allocations;
  std::int64_t rebuilds;
};

Work run(Simulation& simulation, std::int64_t steps, Thermostat thermostat) {
  const int before = allocations;
  const std::int64_t rebuilds = simulation.rebuilds();
  simulation.run({steps, 0.003, thermostat, 1.0, 5, 0.1, 0});
  return {allocations - before, simulation.rebuilds() - rebuilds};
}

}  // namespace

TEST_CASE("neither a step nor the rebuilding of lists allocates memory") {
  const System system = jittered_lattice(8, 0.05, 9);
  SimulationState start;
  start.species = system.species;
  start.positions = system.positions;
  start.velocities.resize(system.size());
  for (const Precision precision : {Precision::full, Precision::mixed})
    for (const int threads : {1, 2})
      for (const Thermostat thermostat : {Thermostat::langevin, Thermostat::svr, Thermostat::nve}) {
        CAPTURE(threads);
        Simulation simulation(system.box, sticky(1.5), start, 1, 7, {threads, precision});
        run(simulation, 1000, Thermostat::langevin);  // by now arrays have the room that a liquid takes
        run(simulation, 1000, thermostat);
        const Work brief = run(simulation, 10, thermostat), lengthy = run(simulation, 1000, thermostat);
        CHECK(lengthy.rebuilds > brief.rebuilds + 20);
        // Lists longer than any before need new room, ever more rarely.
        CHECK(lengthy.allocations <= brief.allocations + 3);
      }
}
