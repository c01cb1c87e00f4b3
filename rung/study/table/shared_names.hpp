#pragma once
/// What parameters are called in a fit that groups share, and a group's law by itself.

#include <map>
#include <string>
#include <vector>

#include "rung/core/expression.hpp"
#include "rung/study/table/fit_group.hpp"

namespace rung::table {

inline constexpr const char* kCompute = "C";

/// A parameter that is the group's own: "E[a]".
std::string own_name(const std::string& parameter, const std::string& group);
std::string multiplier_name(const std::string& input, const std::string& group);
bool is_multiplier(const std::string& parameter);

/// Whether a multiplier is of N and D together, in a law that has no input C.
bool is_of_compute(const Law& law, const std::string& input);

/// Puts expressions in the place of names.
void substitute(ExpressionNode& node, const std::map<std::string, ExpressionNode>& by_name);

/// A request for one group's law: the given one, its inputs times "C multiplier" and the like where
/// there are multipliers, without constraints on single groups' parameters.
Request request_of_group(const Request& request, const Law& law,
                         const std::vector<std::string>& multipliers);

/// One of the groups.
struct GroupOfShared {
  const Sample& sample;
  bool is_reference = false;  // whose multipliers are 1
};

/// The group's part of the shared fit, as one of the law that `of_group` asks for: parameters,
/// their covariance, replicates.
Fitted fit_of_group(const Fitted& shared, const Request& of_group, const GroupOfShared& group);

}  // namespace rung::table
