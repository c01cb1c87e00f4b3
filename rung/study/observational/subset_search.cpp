/// Every combination: a table of all subsets of some families, scanned for each subset of the rest.

#include <algorithm>
#include <bit>

#include "rung/core/parallel.hpp"
#include "rung/fit/points.hpp"
#include "rung/law/law.hpp"
#include "rung/study/observational/subset_call.hpp"
#include "rung/study/observational/subset_space.hpp"

namespace rung {

// cmake/subsets.cmake compiles subset_kernel.hpp for each instruction set.
#ifdef RUNG_HAVE_avx512
namespace avx512 {
observational::FindSubset find_subset(std::size_t n_components);
}
#endif
#ifdef RUNG_HAVE_avx2
namespace avx2 {
observational::FindSubset find_subset(std::size_t n_components);
}
#endif
namespace baseline {
observational::FindSubset find_subset(std::size_t n_components);
}

namespace observational {
namespace {

/// Places are looked at so many at a time: the widest pack.
constexpr std::size_t kLanes = 8;
constexpr std::size_t kMostInTable = 11;

FindSubset find_subset(std::size_t n_components) {
#ifdef RUNG_HAVE_avx512
  if (instruction_set() == "avx512") return avx512::find_subset(n_components);
#endif
#ifdef RUNG_HAVE_avx2
  if (instruction_set() == "avx2") return avx2::find_subset(n_components);
#endif
  return baseline::find_subset(n_components);
}

/// All subsets of the first `n_families` families with at most `most` of them, by number of models.
class SubsetTable {
 public:
  SubsetTable(const SubsetSpace& space, std::size_t n_families, std::size_t most);

  std::size_t size() const { return families_.size(); }
  /// How many of the places, which are the first, hold subsets of at most so many models.
  std::size_t up_to(std::size_t n_models) const {
    return static_cast<std::size_t>(std::upper_bound(n_models_.begin(), n_models_.end(), n_models) -
                                    n_models_.begin());
  }
  std::uint64_t families(std::size_t place) const { return families_[place]; }
  std::size_t n_models(std::size_t place) const { return n_models_[place]; }
  double gram(std::size_t element, std::size_t place) const { return grams_[element][place]; }
  const double* const* grams() const { return pointers_.data(); }

 private:
  std::vector<std::uint64_t> families_;
  std::vector<std::size_t> n_models_;
  std::vector<AlignedArray> grams_;  // [element][place], padded by the identity to whole packs
  std::vector<const double*> pointers_;
};

SubsetTable::SubsetTable(const SubsetSpace& space, std::size_t n_families, std::size_t most) {
  for (std::uint64_t subset = 0; subset < std::uint64_t{1} << n_families; ++subset) {
    if (static_cast<std::size_t>(std::popcount(subset)) <= most) families_.push_back(subset);
  }
  std::vector<std::size_t> models(std::size_t{1} << n_families);
  for (const std::uint64_t subset : families_) {
    if (subset == 0) continue;
    const std::size_t lowest = static_cast<std::size_t>(std::countr_zero(subset));
    models[subset] = models[subset & (subset - 1)] + space.n_models[lowest];
  }
  std::stable_sort(families_.begin(), families_.end(),
                   [&](std::uint64_t a, std::uint64_t b) { return models[a] < models[b]; });
  for (const std::uint64_t subset : families_) n_models_.push_back(models[subset]);

  const std::size_t padded = (size() + kLanes - 1) / kLanes * kLanes;
  const std::size_t n_elements = space.included.size();
  std::vector<double> sums((std::size_t{1} << n_families) * n_elements);
  for (std::uint64_t subset = 1; subset < std::uint64_t{1} << n_families; ++subset) {
    const std::size_t lowest = static_cast<std::size_t>(std::countr_zero(subset));
    const std::uint64_t rest = subset & (subset - 1);
    for (std::size_t e = 0; e < n_elements; ++e)
      sums[subset * n_elements + e] = sums[rest * n_elements + e] + space.grams[lowest][e];
  }
  for (std::size_t e = 0; e < n_elements; ++e) {
    AlignedArray column(padded);
    for (std::size_t i = 0; i < size(); ++i) column[i] = sums[families_[i] * n_elements + e];
    grams_.push_back(std::move(column));
    pointers_.push_back(grams_.back().data());
  }
}

/// Goes over the subsets of the families that are not in the table, and scans it for each.
class Search {
 public:
  Search(const SubsetSpace& space, const std::vector<SubsetTable>& tables, std::size_t n_in_table)
      : space_(space),
        tables_(tables),
        n_in_table_(n_in_table),
        find_(find_subset(space.k)),
        champions_(space) {}

  /// All that contain `chosen` and otherwise take of the families from `next` on.
  void below(std::uint64_t chosen, std::size_t next) {
    const std::size_t n_chosen = static_cast<std::size_t>(std::popcount(chosen));
    if (n_chosen > space_.most) return;
    Packed base = space_.included;
    std::size_t n_models = space_.n_included_models;
    for (std::uint64_t rest = chosen; rest != 0; rest &= rest - 1)
      add(static_cast<std::size_t>(std::countr_zero(rest)), base, n_models);
    descend(chosen, n_chosen, base, n_models, next);
  }

  const Champions& champions() const { return champions_; }

 private:
  void add(std::size_t family, Packed& base, std::size_t& n_models) const {
    for (std::size_t e = 0; e < base.size(); ++e) base[e] += space_.grams[family][e];
    n_models += space_.n_models[family];
  }

  void descend(std::uint64_t chosen, std::size_t n_chosen, const Packed& base, std::size_t n_models,
               std::size_t next) {
    if (n_models > space_.budgets.back()) return;
    scan(chosen, n_chosen, base, n_models);
    if (n_chosen == space_.most) return;
    for (std::size_t family = next; family < space_.n_families(); ++family) {
      Packed sum = base;
      std::size_t count = n_models;
      add(family, sum, count);
      descend(chosen | std::uint64_t{1} << family, n_chosen + 1, sum, count, family + 1);
    }
  }

  void scan(std::uint64_t chosen, std::size_t n_chosen, const Packed& base, std::size_t n_models) {
    const SubsetTable& table = tables_[std::min(space_.most - n_chosen, n_in_table_)];
    std::size_t done = 0;
    for (std::size_t b = 0; b < space_.budgets.size(); ++b) {
      if (n_models > space_.budgets[b]) continue;
      const std::size_t end = table.up_to(space_.budgets[b] - n_models);
      if (end <= done) continue;
      // Places before `done` fit this budget, too; those after `end` in its pack are looked at
      // again for the next, and take_pack leaves out what is over this one.
      SubsetScan scan{space_.k,
                      table.grams(),
                      base.data(),
                      done / kLanes * kLanes,
                      (end + kLanes - 1) / kLanes * kLanes,
                      champions_.below(b)};
      while (true) {
        const std::size_t pack = find_(scan);
        if (pack >= scan.last) break;
        for (std::size_t i = pack; i < std::min(pack + kLanes, end); ++i)
          offer(table, i, chosen, base, n_models);
        scan.first = pack + kLanes;
        scan.below = champions_.below(b);
      }
      done = end;
    }
  }

  void offer(const SubsetTable& table, std::size_t place, std::uint64_t chosen, const Packed& base,
             std::size_t n_models) {
    const std::uint64_t families = chosen | table.families(place);
    if (families == 0) return;
    Packed sum = base;
    for (std::size_t e = 0; e < sum.size(); ++e) sum[e] += table.gram(e, place);
    champions_.offer(space_, {trace_of_inverse(sum.data(), space_.k), families,
                              n_models + table.n_models(place)});
  }

  const SubsetSpace& space_;
  const std::vector<SubsetTable>& tables_;
  std::size_t n_in_table_;
  FindSubset find_;
  Champions champions_;
};

}  // namespace

Champions search_all(const SubsetSpace& space, int n_threads) {
  const std::size_t n = space.n_families();
  const std::size_t n_in_table = n <= 16 ? n / 2 : std::min(kMostInTable, n / 2);
  std::vector<SubsetTable> tables;
  for (std::size_t most = 0; most <= std::min(n_in_table, space.most); ++most)
    tables.emplace_back(space, n_in_table, most);
  // A search for each choice among a few families, so that threads share the work; the same
  // searches on any number of them.
  const std::size_t n_shared = n - n_in_table > 12 ? 8 : 0;
  const std::size_t n_searches = std::size_t{1} << n_shared;
  std::vector<Champions> found(n_searches, Champions(space));
  parallel_for(n_searches, n_threads, [&](std::size_t i) {
    Search search(space, tables, n_in_table);
    search.below(std::uint64_t{i} << n_in_table, n_in_table + n_shared);
    found[i] = search.champions();
  });
  Champions best(space);
  for (const Champions& champions : found) {
    for (const auto& subset : champions.best) {
      if (subset) best.offer(space, *subset);
    }
  }
  return best;
}

}  // namespace observational
}  // namespace rung
