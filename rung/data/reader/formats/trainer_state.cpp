// trainer_state.json of Hugging Face's Trainer: what was logged, a row each, losses of training
// ("loss") and of evaluation ("eval_loss") in rows of their own.
#include "rung/core/error.hpp"
#include "rung/data/reader/format.hpp"
#include "rung/data/reader/json_cells.hpp"
#include "rung/data/reader/json_table.hpp"

namespace rung {
namespace {

constexpr const char* kLog = "log_history";

/// Keys stand by the alphabet, so the log's comes soon.
Likeness likeness(std::string_view content) {
  constexpr std::size_t kSoon = 4096;
  const bool has_log = content.substr(0, kSoon).find("\"log_history\"") != std::string_view::npos;
  return has_log && first_line(content).starts_with('{') ? Likeness::certain : Likeness::none;
}

Table read(const std::string& content, const std::string& source, const TableOptions& options) {
  const Value state = parse_json_cells(content, source);
  const Value* const log = state.find(kLog);
  if (!log || !log->list())
    throw InputError(Location{source}, std::string("holds no list '") + kLog + "'",
                     "is it a trainer_state.json?");
  JsonTable table(source, options);
  table.add_rows(*log->list());
  return table.finish(content.size());
}

}  // namespace

Format format_trainer_state();
Format format_trainer_state() {
  return {"trainer_state",
          "the log of Hugging Face's Trainer (trainer_state.json)",
          {".json"},
          likeness,
          read};
}

}  // namespace rung
