#pragma once
/// One law for several groups: parameters in common, multipliers between groups, partial pooling.

#include <optional>
#include <string>
#include <vector>

#include "rung/study/table/fit_group.hpp"

namespace rung::table {

/// A group behaves as the reference group would with `value` times as much of the input: of compute
/// (C), of parameters (N), of tokens (D).
struct Multiplier {
  std::string input;
  std::string group, reference;
  double value = 1;
  std::optional<Interval> interval;
};

struct SharedOptions {
  /// Parameters that all groups have in common; the others are each group's own. Empty: all but
  /// multipliers are common.
  std::vector<std::string> shared;
  /// Inputs that get a multiplier in every group but the first; "C" where the law has no such input
  /// stands for one multiplier of compute, its root on each of N and D (C = 6 N D).
  std::vector<std::string> multipliers;
};

/// One of the groups that share a fit.
struct SharedGroup {
  std::string label;
  std::vector<double> indicators;  // its values of the inputs that follow the law's own
  Fitted alone;  // its law by itself, without points: for predictions when the data are gone
};

struct SharedFit {
  Prepared prepared;  // one sample, with an input more for each group: 1 for its rows, else 0
  FittedGroup group;
  std::vector<Multiplier> multipliers;
  std::vector<SharedGroup> groups;
  Request request;  // of each group's law alone: the given one, with multipliers as parameters
};

/// A constraint on a parameter that is each group's own holds for all of them, one on "E[a]" for
/// that of group a. InputError for fewer than two groups, unknown names, more parameters than a law
/// may have, and for a law whose formula is not in the formula language.
SharedFit fit_shared(const Prepared& prepared, const Request& request, const SharedOptions& shared,
                     const UncertaintyOptions& options);

/// Each group on its own, then again with a normal prior from all of them on each parameter that is
/// not fitted by its logarithm (exponents, floors): the mean over groups and the spread between
/// them (DerSimonian and Laird 1986). The estimates of small groups are shrunk towards the mean.
std::vector<FittedGroup> fit_pooled(const Prepared& prepared, const Request& request,
                                    const UncertaintyOptions& options);

}  // namespace rung::table
