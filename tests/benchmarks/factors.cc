// CHOLMOD, as the program uses it, beside SPRAL's SSIDS on one Hessian; factors.py compiles and runs it, see
// there. factors MATRIX REPEATS: prints one line of numbers for each way, as factors.py reads them.
#include <cholmod.h>
#include <spral.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "mechanics/sparse_cholesky.h"

namespace {

using pssglass::BlockedMatrix;
using pssglass::Matrix;

constexpr int kColumns = 64;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of(const std::function<void()>& work) {
  const double start = processor_seconds();
  work();
  return processor_seconds() - start;
}

template <class T>
std::vector<T> read(std::ifstream& file) {
  std::int64_t count = 0;
  file.read(reinterpret_cast<char*>(&count), sizeof count);
  std::vector<T> values(static_cast<std::size_t>(count));
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(sizeof(T) * values.size()));
  if (!file) throw std::runtime_error("the matrix's file ends too early");
  return values;
}

struct Problem {
  BlockedMatrix upper, lower;  // the same matrix; of `lower` only start, rows and values are there
  Matrix right;

  explicit Problem(const char* path) {
    std::ifstream file(path, std::ios::binary);
    upper.graph_start = read<int>(file), upper.graph_rows = read<int>(file);
    for (BlockedMatrix* half : {&upper, &lower})
      half->start = read<int>(file), half->rows = read<int>(file), half->values = read<double>(file);
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    right = Matrix::NullaryExpr(upper.size(), kColumns, [&] { return normal(random); });
  }

  /// The largest |b − Mx|/|b| of the columns.
  double residual(const Matrix& x) const {
    Matrix rest = right;
    for (int j = 0; j < upper.size(); ++j)
      for (int k = upper.start[j]; k < upper.start[j + 1]; ++k) {
        const int i = upper.rows[k];
        rest.row(i) -= upper.values[k] * x.row(j);
        if (i != j) rest.row(j) -= upper.values[k] * x.row(i);
      }
    return (rest.colwise().norm().array() / right.colwise().norm().array()).maxCoeff();
  }
};

struct Cost {
  double fill = 0, operations = 0;
};

/// One library and one way to order, with its analysis of the matrix already made.
struct Way {
  std::string name;
  double analysis = 0;
  Cost cost;
  std::function<void()> factorize;
  std::function<void(Matrix&)> solve;
};

/// Position of each unknown in the order of the program: nested dissection of the particles, expanded by
/// three.
std::vector<int> program_order(const BlockedMatrix& matrix, Cost& cost) {
  cholmod_common common;
  cholmod_start(&common);
  common.nmethods = 1;
  common.method[0].ordering = CHOLMOD_GIVEN;
  common.method[0].nd_small = 100;
  const auto view = [](const std::vector<int>& start, const std::vector<int>& rows) {
    cholmod_sparse out{};
    out.nrow = out.ncol = start.size() - 1;
    out.nzmax = rows.size();
    out.p = const_cast<int*>(start.data()), out.i = const_cast<int*>(rows.data());
    out.stype = out.sorted = out.packed = 1;
    out.itype = CHOLMOD_INT, out.xtype = CHOLMOD_PATTERN, out.dtype = CHOLMOD_DOUBLE;
    return out;
  };
  cholmod_sparse graph = view(matrix.graph_start, matrix.graph_rows),
                 scalar = view(matrix.start, matrix.rows);
  const std::size_t blocks = matrix.graph_start.size() - 1;
  std::vector<int> order(blocks), parents(blocks), members(blocks), scalars, position(3 * blocks);
  if (cholmod_nested_dissection(&graph, nullptr, 0, order.data(), parents.data(), members.data(), &common) <
      0)
    throw std::runtime_error("nested dissection failed");
  for (int block : order)
    for (int a = 0; a < 3; ++a) scalars.push_back(3 * block + a);
  for (std::size_t k = 0; k < scalars.size(); ++k)
    position[static_cast<std::size_t>(scalars[k])] = static_cast<int>(k);
  cholmod_factor* factor = cholmod_analyze_p(&scalar, scalars.data(), nullptr, 0, &common);
  cost = {common.lnz, common.fl};
  cholmod_free_factor(&factor, &common);
  cholmod_finish(&common);
  return position;
}

Way cholmod(const Problem& problem) {
  Way way{.name = "CHOLMOD"};
  const std::shared_ptr<pssglass::SparseCholesky> factor = pssglass::cholmod_cholesky(1);
  if (!factor) throw std::runtime_error("this build of the core has no CHOLMOD");
  way.analysis = seconds_of([&] { factor->analyze(problem.upper); });
  program_order(problem.upper, way.cost);
  way.factorize = [&problem, factor] {
    if (!factor->factorize(problem.upper)) throw std::runtime_error("CHOLMOD: not positive definite");
  };
  way.solve = [factor](Matrix& columns) { factor->solve(columns); };
  return way;
}

struct Ssids {
  spral_ssids_options options{};
  spral_ssids_inform inform{};
  void *analysis = nullptr, *factor = nullptr;

  Ssids() {
    spral_ssids_default_options(&options);
    options.array_base = 0;
    options.use_gpu = false;
    options.scaling = 0;
  }
  ~Ssids() { spral_ssids_free(&analysis, &factor); }
  Ssids(const Ssids&) = delete;
  Ssids& operator=(const Ssids&) = delete;

  void check(const char* what) const {
    if (inform.flag < 0)
      throw std::runtime_error(std::string("SSIDS: ") + what + " ended with " + std::to_string(inform.flag));
  }
};

Way spral(const Problem& problem, bool own_order) {
  Way way{.name = own_order ? "SSIDS, its own order" : "SSIDS, the program's order"};
  const auto ssids = std::make_shared<Ssids>();
  const BlockedMatrix& lower = problem.lower;
  std::vector<int> order(static_cast<std::size_t>(lower.size()));
  Cost unused;
  way.analysis = seconds_of([&] {
    if (!own_order) order = program_order(problem.upper, unused);
    ssids->options.ordering = own_order ? 1 : 0;
    spral_ssids_analyse_ptr32(false, lower.size(), order.data(), lower.start.data(), lower.rows.data(),
                              nullptr, &ssids->analysis, &ssids->options, &ssids->inform);
    ssids->check("analysis");
  });
  way.cost = {static_cast<double>(ssids->inform.num_factor), static_cast<double>(ssids->inform.num_flops)};
  way.factorize = [&lower, ssids] {
    spral_ssids_factor_ptr32(true, lower.start.data(), lower.rows.data(), lower.values.data(), nullptr,
                             ssids->analysis, &ssids->factor, &ssids->options, &ssids->inform);
    ssids->check("factorisation");
  };
  way.solve = [ssids](Matrix& columns) {
    spral_ssids_solve(0, static_cast<int>(columns.cols()), columns.data(), static_cast<int>(columns.rows()),
                      ssids->analysis, ssids->factor, &ssids->options, &ssids->inform);
    ssids->check("solution");
  };
  return way;
}

struct Least {
  double factor = 1e300, one = 1e300, many = 1e300;
};

}  // namespace

int main(int count, char** arguments) try {
  if (count != 3) throw std::runtime_error("usage: factors MATRIX REPEATS");
  const Problem problem(arguments[1]);
  std::vector<Way> ways;
  ways.push_back(cholmod(problem));
  for (bool own : {false, true}) ways.push_back(spral(problem, own));
  std::vector<Least> least(ways.size());
  std::vector<Matrix> found(ways.size());
  std::vector<int> alike(ways.size(), 1);
  for (int repeat = 0; repeat < std::atoi(arguments[2]);
       ++repeat)  // in turn: a drifting machine treats all alike
    for (std::size_t w = 0; w < ways.size(); ++w) {
      const auto keep = [](double& best, double seconds) { best = std::min(best, seconds); };
      keep(least[w].factor, seconds_of(ways[w].factorize));
      Matrix one = problem.right.leftCols(1), many = problem.right;
      keep(least[w].one, seconds_of([&] { ways[w].solve(one); }));
      keep(least[w].many, seconds_of([&] { ways[w].solve(many); }));
      alike[w] = alike[w] && (repeat == 0 || many == found[w]);
      found[w] = many;
    }
  for (std::size_t w = 0; w < ways.size(); ++w)
    std::printf("%s\t%.6f\t%.6f\t%.6f\t%.6f\t%.0f\t%.4e\t%.3e\t%.3e\t%d\n", ways[w].name.c_str(),
                ways[w].analysis, least[w].factor, least[w].one, least[w].many, ways[w].cost.fill,
                ways[w].cost.operations, problem.residual(found[w]),
                (found[w] - found[0]).norm() / found[0].norm(), alike[w]);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "factors: %s\n", error.what());
  return 1;
}
