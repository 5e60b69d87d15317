#include "mechanics/mechanics.h"

#include <string>

#include "base/error.h"
#include "mechanics/cg_solver.h"
#include "mechanics/cholesky.h"
#include "mechanics/spectra_solver.h"
#include "particles/overlap.h"
#include "particles/pair_scales.h"

namespace pssglass {
namespace {

/// Beyond this conjugate gradients do everything they can: the factor's size grows as N^(4/3), the work as
/// N².
constexpr std::size_t kLargestFactored = 30000;
/// Beyond this there is no factor at all: it would take some 10 GB.
constexpr std::size_t kLargestFactorable = 120000;
/// Of residuals, in units of the right-hand sides. The frequencies of dipoles are drawn from distributions:
/// ten digits do, and spare a round of refinement.
constexpr double kTolerance = 1e-12, kDipoleTolerance = 1e-10;

/// Whether solving so many columns by conjugate gradients is cheaper than the factorisation: by measurement
/// about 40 at N = 3000, growing as N²/N^(4/3).
bool few(Eigen::Index columns, std::size_t particles) {
  return static_cast<double>(columns) <= 0.2 * std::pow(static_cast<double>(particles), 2.0 / 3);
}

[[noreturn]] void throw_not_a_minimum() {
  throw NotPositiveDefinite(
      "the Hessian has a negative eigenvalue: quench the configuration to an inherent state");
}

}  // namespace

Mechanics::Mechanics(System system, const Potential& potential, int threads)
    : system_(std::move(system)), threads_(threads), pairs_(interacting_pairs(system_, potential)) {
  require_apart(pairs_, longest_cutoff(system_, potential));
}

Mechanics::~Mechanics() = default;
Mechanics::Mechanics(Mechanics&&) noexcept = default;
Mechanics& Mechanics::operator=(Mechanics&&) noexcept = default;

Energetics Mechanics::energetics() const { return pssglass::energetics(system_, pairs_); }

const Hessian& Mechanics::hessian() {
  if (!hessian_) hessian_ = std::make_unique<Hessian>(system_.size(), pairs_);
  return *hessian_;
}

const CholeskyFactor* Mechanics::try_factor() {
  if (system_.size() > kLargestFactorable)
    throw InvalidArgument(std::to_string(system_.size()) +
                          " particles are too many to factorise the Hessian, which modes " + "need: take " +
                          std::to_string(kLargestFactorable) + " or fewer");
  if (!indefinite_ && !factor_) {
    auto factor = std::make_unique<CholeskyFactor>(sparse_cholesky(threads_));
    if (factor->factorize(hessian()))
      factor_ = std::move(factor);
    else
      indefinite_ = true;
  }
  return factor_.get();
}

const CholeskyFactor& Mechanics::factor() {
  if (const CholeskyFactor* factor = try_factor()) return *factor;
  throw_not_a_minimum();
}

const CgSolver& Mechanics::cg_solver() {
  if (!cg_solver_) cg_solver_ = std::make_unique<CgSolver>(hessian(), threads_);
  return *cg_solver_;
}

const Certificate& Mechanics::certify() {
  if (!certificate_)
    certificate_ = system_.size() > kLargestFactored ? certify_iteratively(hessian(), cg_solver())
                   : try_factor()                    ? certify_minimum(hessian(), pseudo_inverse())
                                                     : certify_saddle(hessian());
  return *certificate_;
}

const Moduli& Mechanics::moduli() {
  if (!moduli_) {
    const StrainDerivatives strain = strain_derivatives(system_.size(), pairs_);
    moduli_ = moduli_from_response(strain, solve(strain.mixed), system_.box.volume());
  }
  return *moduli_;
}

Matrix Mechanics::solve(ConstMatrixView b) { return solve(b, kTolerance); }

Matrix Mechanics::solve(ConstMatrixView b, double tolerance) {
  // Also where there is a factor already, so that results never depend on what was asked for before.
  const bool huge = system_.size() > kLargestFactored;
  if (huge || few(b.cols(), system_.size())) {
    CgSolver::Solution solution = cg_solver().solve(b, tolerance);
    if (!solution.positive) throw_not_a_minimum();
    if (solution.converged) return std::move(solution.x);
    if (huge)
      throw NotConverged("conjugate gradients stalled, and " + std::to_string(system_.size()) +
                         " particles are too many to factorise: quench to a smaller force");
  }
  return factor().solve(hessian(), b, tolerance);
}

LinearOperator Mechanics::pseudo_inverse() {
  return [&factor = factor()](ConstMatrixView x) { return factor.apply(x); };
}

SpectrumCount Mechanics::spectrum_count() {
  auto factor = std::make_shared<CholeskyFactor>(sparse_cholesky(threads_), CholeskyFactor::kUnpinned);
  return [this, factor](double value) {
    Inertia inertia = factor->eigenvalues_below(hessian(), value);
    inertia.negative -= 3;  // the translations
    return inertia;
  };
}

Modes Mechanics::modes(int count, double tolerance, Eigensolver solver) {
  return all_lowest_modes(hessian(), pseudo_inverse(), spectrum_count(), count, tolerance, solver);
}

double Mechanics::largest_eigenvalue() { return pssglass::largest_eigenvalue(hessian(), kTolerance); }

Vector Mechanics::dipole_response(const std::vector<IndexPair>& pairs) {
  const Matrix dipoles = dipole_forces(system_, pairs);
  return dipole_frequencies(dipoles, solve(dipoles, kDipoleTolerance));
}

}  // namespace pssglass
