#include "mechanics.h"

#include "cholesky.h"
#include "error.h"

namespace pssglass {

Mechanics::Mechanics(System system, Potential potential, int threads)
    : system_(std::move(system)),
      potential_(std::move(potential)),
      threads_(threads),
      pairs_(interacting_pairs(system_, potential_)) {}

Mechanics::~Mechanics() = default;
Mechanics::Mechanics(Mechanics&&) noexcept = default;
Mechanics& Mechanics::operator=(Mechanics&&) noexcept = default;

Energetics Mechanics::energetics() const { return pssglass::energetics(system_, potential_, pairs_); }

const Hessian& Mechanics::hessian() {
  if (!hessian_) hessian_.emplace(system_, potential_, pairs_);
  return *hessian_;
}

const CholeskyFactor* Mechanics::try_factor() {
  if (!indefinite_ && !factor_) {
    auto factor = std::make_unique<CholeskyFactor>();
    if (factor->factorize(hessian()))
      factor_ = std::move(factor);
    else
      indefinite_ = true;
  }
  return factor_.get();
}

const CholeskyFactor& Mechanics::factor() {
  if (const CholeskyFactor* factor = try_factor()) return *factor;
  throw NotPositiveDefinite(
      "the Hessian has a negative eigenvalue: quench the configuration to an inherent state");
}

const Certificate& Mechanics::certify() {
  if (!certificate_) certificate_ = pssglass::certify(hessian(), try_factor());
  return *certificate_;
}

const Moduli& Mechanics::moduli() {
  if (!moduli_) {
    const StrainDerivatives strain = strain_derivatives(system_, potential_, pairs_);
    moduli_ = moduli_from_response(strain, solve(strain.mixed), system_.box.volume());
  }
  return *moduli_;
}

Matrix Mechanics::solve(ConstMatrixView b) { return factor().solve(hessian(), b); }

Modes Mechanics::modes(int count, double tolerance) {
  return lowest_modes(hessian(), factor(), count, tolerance);
}

Vector Mechanics::dipole_response(const std::vector<IndexPair>& pairs) {
  const Matrix dipoles = dipole_forces(system_, pairs);
  return dipole_frequencies(dipoles, solve(dipoles));
}

}  // namespace pssglass
