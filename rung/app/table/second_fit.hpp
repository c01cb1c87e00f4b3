#pragma once
/// A saved fit over what another one predicts, such as accuracy over loss: which of its groups goes
/// with which, and what it was fitted to.

#include <string>
#include <vector>

#include "rung/app/context.hpp"
#include "rung/report/saved_fit.hpp"

namespace rung::app {

/// Whether `label` says all that `part` does, and more maybe: "set=c4, error=avg" of "set=c4".
bool says_all_of(const std::string& label, const std::string& part);

/// Says so where `then`, of the option `name`, is a single fit that is used for other data than it
/// was fitted to: other groups than its own, or rows that its --where left out.
void tell_other_data(const table::Request& first, const std::vector<Fitted>& groups,
                     const SavedFit& then, const std::string& name, CommandContext& context);

}  // namespace rung::app
