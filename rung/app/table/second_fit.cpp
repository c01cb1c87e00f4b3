#include "rung/app/table/second_fit.hpp"

#include <algorithm>

#include "rung/core/text.hpp"

namespace rung::app {

bool says_all_of(const std::string& label, const std::string& part) {
  const std::vector<std::string> words = split(label, ',');
  for (const std::string& word : split(part, ',')) {
    if (std::none_of(words.begin(), words.end(),
                     [&](const std::string& other) { return trimmed(other) == trimmed(word); }))
      return false;
  }
  return true;
}

void tell_other_data(const table::Request& first, const std::vector<Fitted>& groups,
                     const SavedFit& then, const std::string& name, CommandContext& context) {
  const std::string& label = then.groups.front().label;
  const std::string& where = then.request.where;
  if (then.groups.size() == 1 && !label.empty()) {
    for (const Fitted& group : groups) {
      if (!group.label.empty() && !says_all_of(label, group.label))
        context.warn(name + " has a fit of '" + label + "' alone, and it is used for '" +
                     group.label + "', too");
    }
  }
  const bool for_all_groups = label.empty() && !groups.front().label.empty();
  if (!then.says_rows) {
    context.note(name +
                 " was saved by an earlier version, which did not keep to what rows a law was "
                 "fitted (--where): whether they are those of the first fit is not known");
  } else if (where.empty()) {
    if (for_all_groups) context.note(name + " has one fit without groups, used for all groups");
  } else if (for_all_groups || where != first.where) {
    context.warn(name + " was fitted to rows where " + where + ", and is used for " +
                 (for_all_groups        ? "all groups"
                  : first.where.empty() ? "a fit without that condition"
                                        : "a fit to rows where " + first.where));
  }
}

}  // namespace rung::app
