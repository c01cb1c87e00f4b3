// TensorBoard's event files: records of protocol buffers. Event: wall_time (1), step (2), summary
// (5); Summary: a value (1) each; Value: tag (1), simple_value (2), tensor (8); TensorProto: dtype
// (1), tensor_content (4), float_val (5), double_val (6), int_val (7), int64_val (10). The run is
// called after the folder.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/data/reader/importer.hpp"
#include "rung/data/reader/tfrecord.hpp"
#include "rung/data/run_log.hpp"

namespace rung {
namespace {

Likeness likeness(const ImportedFile& head) {
  constexpr std::string_view kVersion = "brain.Event:";
  if (head.content.substr(0, 64).find(kVersion) != std::string::npos) return Likeness::certain;
  return head.name().find("tfevents") != std::string::npos ? Likeness::likely : Likeness::none;
}

/// A packed field's first value, or a single one.
double first_float(const ProtoFields& field) {
  if (field.bytes().empty()) return field.as_float();
  if (field.bytes().size() < sizeof(float)) return kNaN;
  std::array<char, sizeof(float)> bytes{};
  std::copy_n(field.bytes().begin(), bytes.size(), bytes.begin());
  return std::bit_cast<float>(bytes);
}

double first_double(const ProtoFields& field) {
  if (field.bytes().empty()) return field.as_double();
  if (field.bytes().size() < sizeof(double)) return kNaN;
  std::array<char, sizeof(double)> bytes{};
  std::copy_n(field.bytes().begin(), bytes.size(), bytes.begin());
  return std::bit_cast<double>(bytes);
}

/// The number of a tensor that holds one number as float or double; absent for any other.
std::optional<double> number_in(std::string_view tensor) {
  constexpr std::uint64_t kFloat = 1, kDouble = 2;
  std::uint64_t type = 0;
  std::optional<double> number;
  for (ProtoFields field(tensor); field.next();) {
    if (field.number() == 1) type = field.bits();
    if (field.number() == 4 && type == kFloat && field.bytes().size() == sizeof(float))
      number = first_float(field);
    if (field.number() == 4 && type == kDouble && field.bytes().size() == sizeof(double))
      number = first_double(field);
    if (field.number() == 5 && field.bytes().size() <= sizeof(float)) number = first_float(field);
    if (field.number() == 6 && field.bytes().size() <= sizeof(double)) number = first_double(field);
  }
  return number;
}

struct Scalar {
  std::string tag;
  std::optional<double> value;
};

Scalar scalar_in(std::string_view value) {
  Scalar scalar;
  for (ProtoFields field(value); field.next();) {
    if (field.number() == 1) scalar.tag = field.bytes();
    if (field.number() == 2) scalar.value = field.as_float();
    if (field.number() == 8) scalar.value = number_in(field.bytes());
  }
  return scalar;
}

/// A row goes on while its step lasts and no tag comes twice: a run that was resumed goes back.
void add_event(std::string_view event, LoggedRows& rows, std::optional<double>& last_step) {
  double step = 0, seconds = kNaN;
  std::string_view summary;
  for (ProtoFields field(event); field.next();) {
    if (field.number() == 1) seconds = field.as_double();
    if (field.number() == 2) step = static_cast<double>(static_cast<std::int64_t>(field.bits()));
    if (field.number() == 5) summary = field.bytes();
  }
  for (ProtoFields field(summary); field.next();) {
    if (field.number() != 1) continue;
    const Scalar scalar = scalar_in(field.bytes());
    if (!scalar.value || scalar.tag.empty()) continue;
    if (last_step != step || rows.has(scalar.tag)) {
      rows.begin_row();
      rows.put(kStep, step);
      rows.put("Wall time", seconds);
    }
    last_step = step;
    rows.put(scalar.tag, *scalar.value);
  }
}

/// Keras keeps what it trains and validates on in folders of these names.
bool is_part(const std::string& folder) {
  return folder == "train" || folder == "validation" || folder == "eval" || folder == "val" ||
         folder == "test";
}

void name_run(const ImportedFile& file, Run& run) {
  run.file = file.path;
  const std::string folder = file.folder();
  const bool part = is_part(folder) && !file.folder(1).empty();
  run.model = part ? file.folder(1) : folder;
  if (run.model.empty() || run.model == ".") run.model = file.stem();
  if (!part || folder == "train") return;
  std::map<std::string, std::vector<double>> metrics;
  for (auto& [tag, values] : run.metrics)
    metrics[is_place(tag) ? tag : folder + "/" + tag] = std::move(values);
  run.metrics = std::move(metrics);
}

void read(const ImportedFile& file, Imported& imported) {
  const Records records = read_records(file.content);
  if (records.records.empty())
    throw InputError(Location{file.path}, "holds no whole record of an event file",
                     "is it damaged, or of another kind?");
  if (records.broken_at) {
    imported.warnings.push_back(file.path + (records.is_cut_off ? " breaks off" : " is damaged") +
                                " at byte " + std::to_string(*records.broken_at) + ": the " +
                                std::to_string(records.records.size()) +
                                " whole records before it are read");
  }
  LoggedRows log;
  std::optional<double> last_step;
  for (const std::string_view event : records.records) add_event(event, log, last_step);
  if (log.empty()) return;
  if (log.outgrows(file.content.size()))
    throw InputError(Location{file.path}, "nearly every step has tags of its own",
                     "are steps part of the tags' names?");
  Run run = std::move(log).run();
  name_run(file, run);
  imported.runs.push_back(std::move(run));
}

}  // namespace

Importer importer_tensorboard();
Importer importer_tensorboard() {
  return {"tensorboard", "event files of TensorBoard", likeness, read};
}

}  // namespace rung
