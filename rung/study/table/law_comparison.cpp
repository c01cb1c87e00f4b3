#include "rung/study/table/law_comparison.hpp"

#include <set>

#include "rung/core/error.hpp"

namespace rung::table {
namespace {

/// The law whose rolled predictions are best; the one without any is never chosen.
std::size_t best_of(const std::vector<Backtest>& laws) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < laws.size(); ++i) {
    if (laws[best].rollouts.empty() ||
        (!laws[i].rollouts.empty() && laws[i].median_error < laws[best].median_error))
      best = i;
  }
  return best;
}

GroupBacktest run_group(const BacktestRequest& request, const std::vector<Request>& requests,
                        const std::vector<Prepared>& prepared, std::size_t g) {
  GroupBacktest group;
  group.label = prepared.front().samples[g].label;
  for (std::size_t i = 0; i < requests.size(); ++i)
    group.laws.push_back(
        backtest(prepared[i], prepared[i].samples.at(g), requests[i], request.options));
  group.akaike_weights = law_weights(group.laws, AverageBy::akaike);
  group.best = best_of(group.laws);
  if (request.at.empty()) return group;
  group.average_weights = law_weights(group.laws, request.average);
  group.averages = average_at({prepared, requests, g}, group.average_weights, request.at,
                              request.options.n_threads);
  return group;
}

}  // namespace

std::vector<Request> BacktestRequest::requests() const {
  std::vector<Request> all;
  for (const std::string& law : laws) {
    all.push_back(what);
    all.back().law = law;
    all.back().formula.clear();
  }
  if (!what.formula.empty()) all.push_back(what);
  return all;
}

void BacktestRequest::validate() const {
  const std::vector<Request> all = requests();
  if (all.empty()) throw InputError("which laws?", "give --law NAME,NAME or --formula TEXT");
  std::set<std::string> laws;
  for (const Request& one : all) {
    law_of(one);
    if (!one.law.empty() && !laws.insert(one.law).second)
      throw InputError("--law names '" + one.law + "' twice");
  }
}

BacktestResult run(const BacktestRequest& request, const Table& runs) {
  const std::vector<Request> requests = request.requests();
  std::vector<Prepared> prepared;
  for (const Request& one : requests) {
    prepared.push_back(prepare(runs, one));
    check_determined(prepared.back());
  }
  BacktestResult result;
  result.y = request.what.y;
  result.warnings = prepared.front().warnings;
  result.law = prepared.front().law;
  for (std::size_t g = 0; g < prepared.front().samples.size(); ++g) {
    result.groups.push_back(run_group(request, requests, prepared, g));
    const GroupBacktest& group = result.groups.back();
    for (const Backtest& law : group.laws) {
      if (!law.doubt.empty())
        result.warnings.push_back((group.label.empty() ? "" : "group '" + group.label + "': ") +
                                  law.law + ": " + law.doubt);
    }
  }
  return result;
}

}  // namespace rung::table
