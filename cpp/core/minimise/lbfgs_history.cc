#include "minimise/lbfgs_history.h"

#include <algorithm>
#include <numeric>

namespace pssglass {
namespace {

double dot(const LbfgsCoefficients& a, const LbfgsCoefficients& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

void LbfgsHistory::add(const LbfgsMove& move) {
  const std::size_t s = empty() ? 0 : (newest_ + 1) % kMemory, y = kMemory + s;
  const LbfgsProducts products = remember(columns_, move, s);
  for (std::size_t column = 0; column < products.size(); ++column) overlaps_[column] = products[column][2];
  if (!(products[y][0] > 1e-10 * products[s][0])) {
    count_ = std::min(count_, kMemory - 1);  // the slot of the oldest is spoilt
    return;
  }
  newest_ = s;
  count_ = std::min(count_ + 1, kMemory);
  for (std::size_t column = 0; column < products.size(); ++column) {
    products_[s][column] = products_[column][s] = products[column][0];
    products_[y][column] = products_[column][y] = products[column][1];
  }
}

Eigen::Map<const Vector> LbfgsHistory::direction() {
  Coefficients sum{}, alpha{};
  for (std::size_t age = 0; age < count_; ++age) {
    const std::size_t s = slot(age), y = kMemory + s;
    alpha[s] = (overlaps_[s] + dot(products_[s], sum)) / products_[s][y];
    sum[y] -= alpha[s];
  }
  const std::size_t last_y = kMemory + newest_;
  const double scale = products_[newest_][last_y] / products_[last_y][last_y];
  for (double& coefficient : sum) coefficient *= scale;
  for (std::size_t age = count_; age-- > 0;) {
    const std::size_t s = slot(age), y = kMemory + s;
    sum[s] += alpha[s] - (scale * overlaps_[y] + dot(products_[y], sum)) / products_[s][y];
  }
  combine(columns_, scale, sum, direction_.data());
  return {direction_.data(), static_cast<Eigen::Index>(columns_.size)};
}

}  // namespace pssglass
