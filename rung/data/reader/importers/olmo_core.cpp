// What OLMo-core's and OLMo's trainers print: "[step=100/2000,epoch=1,eta=5m]" with the step's
// metrics in the lines below, "    train/CE loss=3.512", numbers with commas between thousands; and
// "Finished lm evals …" with those of an evaluation.
#include <algorithm>
#include <string>

#include "rung/core/error.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/log_lines.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

constexpr std::string_view kStepMark = "[step=", kEvalsMark = "Finished ";

Likeness likeness(const ImportedFile& head) {
  const auto has = [&](std::string_view mark) {
    return head.content.find(mark) != head.content.npos;
  };
  if (head.content.find('\0') != head.content.npos) return Likeness::none;
  if (has(kStepMark) && has(",epoch=")) return Likeness::certain;
  return has("olmo_core.") ? Likeness::likely : Likeness::none;
}

/// "5,211.3", "3.512", "1.20E-05", "2.1B".
std::optional<double> printed_number(std::string_view text) {
  std::string digits(trimmed(text));
  std::erase(digits, ',');
  if (const auto number = parse_double(digits)) return number;
  return parse_quantity(digits);
}

class OlmoLog {
 public:
  void add(const LogLine& line) {
    if (const auto step = text_between(line.text, kStepMark, "/],")) {
      begin_step(line, *step);
    } else if (line.text.find(" evals") != line.text.npos &&
               text_between(line.text, kEvalsMark, " ")) {
      prefix_ = "eval/" + std::string(*text_between(line.text, kEvalsMark, " ")) + "/";
      is_below_ = last_step_.has_value();
    } else if (is_below_ && line.text.starts_with("  ")) {
      add_metric(line.text);
    } else {
      is_below_ = false;
    }
  }

  bool empty() const { return rows_.empty(); }
  bool outgrows(std::size_t n_bytes) const { return rows_.outgrows(n_bytes); }

  Run run() && {
    Run run = std::move(rows_).run();
    if (max_steps_) run.settings["max_steps"] = *max_steps_;
    return run;
  }

 private:
  void begin_step(const LogLine& line, std::string_view step) {
    const auto number = printed_number(step);
    is_below_ = number.has_value();
    if (!number) return;
    last_step_ = number;
    seconds_ = line.seconds;
    prefix_.clear();
    has_row_ = false;
    const auto of = text_between(line.text, std::string(kStepMark) + std::string(step) + "/", ",]");
    if (const auto most = of ? printed_number(*of) : std::nullopt) max_steps_ = most;
  }

  void add_metric(std::string_view text) {
    const std::size_t at = text.rfind('=');
    const auto value = at == text.npos ? std::nullopt : printed_number(text.substr(at + 1));
    if (!value) return;
    const std::string name = prefix_ + std::string(trimmed(text.substr(0, at)));
    if (!has_row_ || rows_.has(name)) {
      rows_.begin_row();
      rows_.put(kStep, *last_step_);
      if (seconds_) rows_.put("timestamp", *seconds_);
      has_row_ = true;
    }
    rows_.put(name, *value);
  }

  LoggedRows rows_;
  std::optional<double> last_step_, seconds_, max_steps_;
  std::string prefix_;
  bool is_below_ = false, has_row_ = false;
};

void read(const ImportedFile& file, Imported& imported) {
  OlmoLog log;
  for_each_log_line(file.content, [&](const LogLine& line) { log.add(line); });
  if (log.empty())
    throw InputError(Location{file.path}, "no step with metrics was printed here",
                     "OLMo-core prints [step=1/100,epoch=1] and metrics below");
  if (log.outgrows(file.content.size()))
    throw InputError(Location{file.path}, "nearly every step has metrics of its own",
                     "are steps part of their names?");
  Run run = std::move(log).run();
  run.file = file.path;
  run.model = file.stem();
  // Launchers call logs alike, in a folder a run.
  const bool is_common = run.model == "log" || run.model == "out" || run.model == "train" ||
                         run.model == "stdout" || run.model == "output";
  if (is_common && !file.folder().empty() && file.folder() != ".") run.model = file.folder();
  imported.runs.push_back(std::move(run));
}

}  // namespace

Importer importer_olmo_core();
Importer importer_olmo_core() {
  return {"olmo_core", "what OLMo-core's and OLMo's trainers print", likeness, read};
}

}  // namespace rung
