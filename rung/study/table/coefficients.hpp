#pragma once
/// A law with published coefficients in the place of a fit.

#include <string>

#include "rung/fit/fitted.hpp"
#include "rung/study/table/table_fit.hpp"

namespace rung::table {

/// The request's law with "A=406.4, B=410.7, …": every parameter, and no other. It has neither
/// points nor intervals. InputError for what is missing, unknown or given twice.
Fitted with_coefficients(const Request& request, const std::string& text);

/// InputError for a value that the law's parameter can't have. `source`: the option that says it.
void require_within_bounds(const LawInfo& info, const ParameterInfo& parameter, double value,
                           const std::string& source);

}  // namespace rung::table
