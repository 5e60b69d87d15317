#include "evaluator.h"

#include <string>
#include <utility>

namespace pssglass {

struct ForceEvaluator::State {
  System system;
  Potential potential;
  std::int64_t evaluations = 0;
};

ForceEvaluator::ForceEvaluator(const System& system, const Potential& potential, int threads) {
  validate(system, potential);
  if (threads < 1)
    throw InvalidArgument("number of threads must be at least 1, got " + std::to_string(threads));
  state_ = std::make_unique<State>(State{system, potential});
}
ForceEvaluator::ForceEvaluator(ForceEvaluator&&) noexcept = default;
ForceEvaluator& ForceEvaluator::operator=(ForceEvaluator&&) noexcept = default;
ForceEvaluator::~ForceEvaluator() = default;

double ForceEvaluator::energy_forces(const Vectors& positions, Vectors& forces) {
  ForceField field = evaluate(positions);
  forces = std::move(field.forces);
  return field.energy;
}

ForceField ForceEvaluator::evaluate(const Vectors& positions) {
  state_->system.positions = positions;
  ++state_->evaluations;
  return pssglass::evaluate(state_->system, state_->potential);
}

std::int64_t ForceEvaluator::evaluations() const { return state_->evaluations; }
std::int64_t ForceEvaluator::rebuilds() const { return state_->evaluations; }

}  // namespace pssglass
