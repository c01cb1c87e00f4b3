// out.log of open_lm: its parameters, a line each, "  seq_len: 2048"; then lines such as "Train
// Epoch: 0 [8192/12582912 (0%)] Loss: 10.987 … LR: 0.000003", whose samples count from the begin of
// an epoch; and, in what it prints, "evaluation on: …" and "evaluation loss: 3.2".
#include <cmath>
#include <filesystem>
#include <string>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/log_lines.hpp"
#include "rung/data/reader/wandb_values.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

constexpr std::string_view kTrain = "Train Epoch: ", kBetween = " | ";

Likeness likeness(const ImportedFile& head) {
  const auto has = [&](std::string_view mark) {
    return head.content.find(mark) != head.content.npos;
  };
  if (has(kTrain) && has("Loss: ") && has("/s/gpu")) return Likeness::certain;
  return has("| INFO | Params:") ? Likeness::likely : Likeness::none;
}

std::optional<double> number_after(std::string_view text, std::string_view mark,
                                   std::string_view ends = " ,/)") {
  const std::size_t at = text.find(mark);
  if (at == text.npos) return std::nullopt;
  text = trimmed(text.substr(at + mark.size()));
  return parse_double(text.substr(0, text.find_first_of(ends)));
}

class OpenLmLog {
 public:
  void add(const LogLine& line) {
    const std::size_t at = line.text.rfind(kBetween);
    const std::string_view message =
        at == line.text.npos ? line.text : line.text.substr(at + kBetween.size());
    if (trimmed(message) == "Params:") {
      in_parameters_ = true;
    } else if (in_parameters_ && message.starts_with("  ")) {
      add_parameter(trimmed(message));
    } else {
      in_parameters_ = false;
      add_message(message, line.seconds);
    }
  }

  bool empty() const { return rows_.empty(); }
  bool outgrows(std::size_t n_bytes) const { return rows_.outgrows(n_bytes); }

  Run run(const ImportedFile& file, std::vector<std::string>& warnings) && {
    Run run = std::move(rows_).run();
    run.settings.insert(about_.settings.begin(), about_.settings.end());
    run.descriptions = std::move(about_.descriptions);
    run.file = file.path;
    const auto name = run.descriptions.find("name");
    run.model = name != run.descriptions.end() ? name->second : file.folder();
    if (run.model.empty() || run.model == ".") run.model = file.stem();
    derive_settings(run);
    // Samples, until here: what a step is stands among the parameters.
    std::vector<double>& steps = run.metrics[kStep];
    const auto batch = run.settings.find("global_batch_size"),
               length = run.settings.find("seq_len");
    const bool has_batch = batch != run.settings.end() && batch->second > 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (length != run.settings.end()) run.n_tokens[i] = steps[i] * length->second;
      if (has_batch) steps[i] = std::round(steps[i] / batch->second);
    }
    if (!has_batch)
      warnings.push_back(file.path +
                         " doesn't say its global_batch_size: samples stand for its steps");
    return run;
  }

 private:
  void add_parameter(std::string_view text) {
    const std::size_t colon = text.find(": ");
    if (colon == text.npos || text.substr(0, colon).find(' ') != text.npos) return;
    const std::string name(text.substr(0, colon)), value(trimmed(text.substr(colon + 2)));
    if (const auto number = parse_double(value)) {
      about_.settings[name] = *number;
    } else if (value != "None") {
      about_.descriptions[name] = value;
    }
  }

  void add_message(std::string_view message, std::optional<double> seconds) {
    const auto epoch = number_after(message, kTrain);
    const auto samples = number_after(message, "[");
    const auto per_epoch = number_after(message, "/");
    if (epoch && samples && per_epoch && *epoch >= 0) {
      begin_row(*epoch * *per_epoch + *samples, seconds);
      if (const auto loss = number_after(message, " Loss: ")) rows_.put("train/loss", *loss);
      if (const auto lr = number_after(message, " LR: ")) rows_.put("train/lr", *lr);
    } else if (message.starts_with("evaluation on: ")) {
      valid_ = data_name(message.substr(message.find(':') + 1));
    } else if (message.starts_with("evaluation loss: ") && !rows_.empty()) {
      const std::string metric = "valid/" + (valid_.empty() ? "" : valid_ + "/") + "loss";
      if (rows_.has(metric)) begin_row(last_samples_, seconds);
      if (const auto loss = number_after(message, ":")) rows_.put(metric, *loss);
    }
  }

  void begin_row(double samples, std::optional<double> seconds) {
    rows_.begin_row();
    rows_.put(kStep, samples);
    if (seconds) rows_.put("timestamp", *seconds);
    last_samples_ = samples;
  }

  /// The folder of "['s3://bucket/c4_val/shard-{0000..0007}.tar']".
  static std::string data_name(std::string_view text) {
    std::string path;
    for (const char c : trimmed(text)) {
      if (std::string_view("[]'\"").find(c) == std::string_view::npos) path += c;
    }
    return std::filesystem::path(path).parent_path().filename().string();
  }

  LoggedRows rows_;
  Run about_;
  std::string valid_;
  double last_samples_ = 0;
  bool in_parameters_ = false;
};

void read(const ImportedFile& file, Imported& imported) {
  OpenLmLog log;
  for_each_log_line(file.content, [&](const LogLine& line) { log.add(line); });
  if (log.empty())
    throw InputError(Location{file.path}, "no line 'Train Epoch: …' was logged here",
                     "is it the out.log of a training?");
  if (log.outgrows(file.content.size()))
    throw InputError(Location{file.path}, "nearly every row has a metric of its own");
  imported.runs.push_back(std::move(log).run(file, imported.warnings));
}

}  // namespace

Importer importer_open_lm();
Importer importer_open_lm() { return {"open_lm", "out.log of open_lm", likeness, read}; }

}  // namespace rung
