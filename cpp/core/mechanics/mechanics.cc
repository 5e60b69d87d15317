#include "mechanics/mechanics.h"

#include <string>

#include "base/error.h"
#include "forces/forces.h"
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
    : system_(std::move(system)),
      potential_(potential),
      threads_(threads),
      pairs_(interacting_pairs(system_, potential)),
      max_force_(max_norm(evaluate(system_, pairs_).forces)),
      backbone_(system_.size(), pairs_, force_floor(pairs_, max_force_)) {
  require_apart(pairs_, longest_cutoff(system_, potential));
  if (!backbone_.is_whole()) inner_ = backbone_.inner(pairs_);
}

Mechanics::~Mechanics() = default;
Mechanics::Mechanics(Mechanics&&) noexcept = default;
Mechanics& Mechanics::operator=(Mechanics&&) noexcept = default;

std::vector<IndexPair> Mechanics::pairs() const {
  std::vector<IndexPair> out;
  out.reserve(backbone_pairs().size());
  for (const Pair& pair : pairs_)
    if (backbone_.number(pair.i) != Backbone::kRattler && backbone_.number(pair.j) != Backbone::kRattler)
      out.push_back({pair.i, pair.j});
  return out;
}

Energetics Mechanics::energetics() const {
  Energetics out = pssglass::energetics(system_, pairs_);
  if (!backbone_.is_whole())
    out.coordination = backbone_.size() == 0
                           ? 0
                           : 2.0 * static_cast<double>(inner_.size()) / static_cast<double>(backbone_.size());
  return out;
}

const Hessian& Mechanics::hessian() {
  if (!hessian_) hessian_ = std::make_unique<Hessian>(backbone_.size(), backbone_pairs());
  return *hessian_;
}

CsrPattern Mechanics::csr_pattern() { return backbone_.extended(hessian().csr_pattern()); }

void Mechanics::require_backbone() const {
  if (backbone_.size() == 0)
    throw NotPositiveDefinite("all particles are rattlers, so nothing resists: raise the density");
}

const CholeskyFactor* Mechanics::try_factor() {
  if (backbone_.size() > kLargestFactorable)
    throw InvalidArgument(std::to_string(backbone_.size()) +
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
  require_backbone();
  if (const CholeskyFactor* factor = try_factor()) return *factor;
  throw_not_a_minimum();
}

const CgSolver& Mechanics::cg_solver() {
  if (!cg_solver_) cg_solver_ = std::make_unique<CgSolver>(hessian(), threads_);
  return *cg_solver_;
}

const Certificate& Mechanics::certify() {
  if (certificate_) return *certificate_;
  Certificate found;
  if (backbone_.size() > 0)
    found = backbone_.size() > kLargestFactored ? certify_iteratively(hessian(), cg_solver())
            : try_factor()                      ? certify_minimum(hessian(), pseudo_inverse())
                                                : certify_saddle(hessian());
  found.rattlers = static_cast<int>(backbone_.rattlers().size());
  found.bears_load = bears_load(pairs_, max_force_);
  if (backbone_.has_loaded_rattlers()) {
    found.positive = false;
    found.negative_eigenvalues = std::max(found.negative_eigenvalues, 1);
  }
  return certificate_.emplace(std::move(found));
}

const Moduli& Mechanics::moduli() {
  if (!moduli_) {
    const StrainDerivatives strain = strain_derivatives(backbone_.size(), backbone_pairs());
    moduli_ = moduli_from_response(strain, backbone_response(strain.mixed, kTolerance), system_.box.volume());
  }
  return *moduli_;
}

Elasticity Mechanics::elasticity() {
  const GreenStrainDerivatives strain = green_strain_derivatives(backbone_.size(), backbone_pairs());
  const Matrix response = backbone_response(strain.mixed, kTolerance);
  const double volume = system_.box.volume();
  const VoigtMatrix product = strain.mixed.transpose() * response;
  return {strain.second / volume, (product + product.transpose()) / (2 * volume),
          backbone_.is_whole() ? Matrix(-response) : backbone_.extended(-response),
          virials(system_.size(), pairs_)};
}

Matrix Mechanics::solve(ConstMatrixView b) {
  if (backbone_.is_whole()) return backbone_response(b, kTolerance);
  return backbone_.extended(backbone_response(backbone_.restricted(b), kTolerance));
}

Matrix Mechanics::backbone_response(ConstMatrixView b, double tolerance) {
  require_backbone();
  // Also where there is a factor already, so that results never depend on what was asked for before.
  const bool huge = backbone_.size() > kLargestFactored;
  if (huge || few(b.cols(), backbone_.size())) {
    CgSolver::Solution solution = cg_solver().solve(b, tolerance);
    if (!solution.positive) throw_not_a_minimum();
    if (solution.converged) return std::move(solution.x);
    if (huge)
      throw NotConverged("conjugate gradients stalled, and " + std::to_string(backbone_.size()) +
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
  Modes out = all_lowest_modes(hessian(), pseudo_inverse(), spectrum_count(), count, tolerance, solver);
  if (!backbone_.is_whole()) {
    out.vectors = backbone_.extended(out.vectors);
    out.participation_ratios *= static_cast<double>(backbone_.size()) / static_cast<double>(system_.size());
  }
  return out;
}

double Mechanics::largest_eigenvalue() {
  require_backbone();
  return pssglass::largest_eigenvalue(hessian(), kTolerance);
}

Vector Mechanics::dipole_response(const std::vector<IndexPair>& pairs) {
  const Matrix all = dipole_forces(system_, pairs);
  for (std::size_t k = 0; k < pairs.size(); ++k)
    for (const int i : pairs[k])
      if (backbone_.number(i) == Backbone::kRattler)
        throw InvalidArgument("pair " + std::to_string(k) + " is (" + std::to_string(pairs[k][0]) + ", " +
                              std::to_string(pairs[k][1]) + "), but particle " + std::to_string(i) +
                              " is a rattler, which no force can act on: leave the pair out");
  const Matrix dipoles = backbone_.restricted(all);
  return dipole_frequencies(dipoles, backbone_response(dipoles, kDipoleTolerance));
}

}  // namespace pssglass
