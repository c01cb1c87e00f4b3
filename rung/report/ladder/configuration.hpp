#pragma once
/// A ladder of logged runs as files: a configuration, and the tasks that it is of.

#include <string>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/ladder/logged_runs.hpp"

namespace rung::ladder {

/// JSON as docs/ladder.md describes it, an entry a run, which is named in the table "TABLE#RUN".
std::string configuration_text(const Ladder& ladder, const std::string& table_name);

/// The tasks as TOML, for --tasks.
std::string tasks_text(const std::vector<Task>& tasks);

/// The runs with what each is there for. `line`: the command that takes the files.
Document describe_configuration(const Ladder& ladder, const std::string& line);

}  // namespace rung::ladder
