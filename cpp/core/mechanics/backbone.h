// The particles that hold each other, and the rattlers in the cages between them.
#pragma once

#include <vector>

#include "base/columns.h"
#include "mechanics/hessian.h"

namespace pssglass {

/// The load of a pair is its force or, if that is more, its energy over its length: at the bottom of a well
/// there is no force. Loads are borne where the largest net force is at most a thousandth of their mean.
bool bears_load(const Pairs& pairs, double max_force);

/// What loads must exceed to be more than the remainders that a quench leaves. By default they need not: all
/// interacting pairs count.
struct ForceFloor {
  double pair = 0;      ///< the load of each pair: a millionth of the mean
  double particle = 0;  ///< the largest load of a particle's pairs: a hundred times the largest net force
};

/// The default where forces do not balance, as in a liquid, or where they die away because nothing is jammed.
ForceFloor force_floor(const Pairs& pairs, double max_force);

/// What is left once rattlers are taken away again and again: particles that bear no load, or have fewer than
/// d + 1 neighbours that do and all push. Backbone particles are numbered anew, in the same order.
class Backbone {
 public:
  Backbone(std::size_t particles, const Pairs& pairs, const ForceFloor& floor = {});

  std::size_t size() const { return everyone_ - rattlers_.size(); }
  /// No rattlers: then numbers are the particles' own.
  bool is_whole() const { return rattlers_.empty(); }
  /// Ascending.
  const std::vector<int>& rattlers() const { return rattlers_; }
  /// A particle's number, or kRattler.
  static constexpr int kRattler = -1;
  int number(int particle) const {
    return is_whole() ? particle : numbers_[static_cast<std::size_t>(particle)];
  }
  /// A rattler that bears load is not at rest: fewer than d + 1 pushing neighbours that balance lie in
  /// a plane, and a step out of it lowers the energy.
  bool has_loaded_rattlers() const { return loaded_; }

  /// The pairs among its particles, by their numbers.
  Pairs inner(const Pairs& pairs) const;
  /// The rows of its particles, of columns with 3 rows for each particle.
  Matrix restricted(ConstMatrixView columns) const;
  /// The reverse, with zeros for rattlers.
  Matrix extended(ConstMatrixView columns) const;
  /// A matrix of its particles among the rows and columns of all; those of rattlers are empty.
  CsrPattern extended(CsrPattern pattern) const;

 private:
  std::size_t everyone_;
  std::vector<int> rattlers_, numbers_;
  bool loaded_ = false;
};

}  // namespace pssglass
