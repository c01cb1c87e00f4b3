#pragma once
/// What the columns that go into a fit must hold.

#include <string>
#include <vector>

#include "rung/core/error.hpp"
#include "rung/core/expression.hpp"
#include "rung/data/table.hpp"
#include "rung/law/law.hpp"

namespace rung::table {

/// What is computed of the user's expressions, beside the inputs under their names.
inline constexpr const char* kY = "(y)";
inline constexpr const char* kWeights = "(weights)";
inline constexpr const char* kQuestions = "(questions)";

/// Inputs that a law can't take. `x`: what the user says of them. `has_where`: whether --where
/// leaves rows out of this table.
void check_inputs(const Table& table, const Law& law, const Mapping& x, bool has_where,
                  std::vector<Problem>& problems);

/// Of columns whose own name is a usual one of another input: "N=tokens, D=params".
std::vector<std::string> doubts_of_names(const Mapping& x);

/// Checks that observations have a residual, that shares are some, and that weights and numbers of
/// questions are numbers from 0 on. `y`: the expression of the observations.
void check_observations(const Table& table, Residual residual, const std::string& y,
                        std::vector<Problem>& problems);

}  // namespace rung::table
