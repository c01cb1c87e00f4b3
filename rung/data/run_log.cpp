#include "rung/data/run_log.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <span>
#include <string_view>

#include "rung/core/error.hpp"
#include "rung/core/numbers.hpp"
#include "rung/core/quantity.hpp"
#include "rung/core/text.hpp"
#include "rung/data/imported.hpp"
#include "rung/data/run_table.hpp"
#include "rung/data/text_column.hpp"

namespace rung {
namespace {

struct KnownName {
  const char* name;
  std::vector<const char*> others;
};

/// Names of columns in the logs of public trainers, best first.
const std::vector<KnownName>& known_names() {
  static const std::vector<KnownName> kNames = {
      {"model",
       {"run", "run_name", "Name", "name", "display_name", "Run", "run_id", "Run ID", "experiment",
        "Experiment"}},
      {kStep,
       {"_step", "Step", "global_step", "trainer/global_step", "train/global_step", "iteration",
        "iter"}},
      {"n_tokens",
       {"throughput/total_tokens", "throughput/total tokens", "num_input_tokens_seen",
        "train/num_input_tokens_seen", "tokens", "tokens_seen", "total_tokens", "consumed_tokens",
        "train/tokens", "train/total_tokens", "Tokens", "Tokens seen", "Tokens Seen"}},
      {"total_flops", {"total_flos", "train/total_flos"}},
      {"n_params", {"model_size"}},
      {"batch_tokens", {"batch_size_in_tokens", "tokens_per_step", "global_batch_tokens"}}};
  return kNames;
}

/// What a count of parameters is, by the words of its name's last part: "model/num_params" is the
/// size, "n_params_non_emb" that without the embedding; "" of any other name.
std::string size_name(const std::string& column) {
  constexpr std::string_view kCounts[] = {"params", "parameters"};
  constexpr std::string_view kFillers[] = {"n",     "num", "number", "of",
                                           "model", "all", "count",  "total"};
  constexpr std::string_view kWithout[] = {"non", "no", "without", "excluding"};
  constexpr std::string_view kEmbeddings[] = {"emb", "embed", "embedding", "embeddings"};
  const auto is_one_of = [](const std::string& word, std::span<const std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  bool is_count = false, without = false, embedding = false, active = false;
  std::string name = lower_case(column.substr(column.find_last_of("/.") + 1));
  for (char& c : name) {
    if (c == '-' || c == ' ') c = '_';
  }
  for (const std::string& word : split(name, '_')) {
    is_count = is_count || is_one_of(word, kCounts);
    without = without || is_one_of(word, kWithout);
    embedding = embedding || is_one_of(word, kEmbeddings);
    active = active || word == "active";
    if (!is_one_of(word, kCounts) && !is_one_of(word, kFillers) && !is_one_of(word, kWithout) &&
        !is_one_of(word, kEmbeddings) && word != "active")
      return "";
  }
  if (!is_count || without != embedding) return "";
  return without ? "n_params_non_embedding" : active ? "n_params_active" : "n_params";
}

/// Best first: those of the process go on where a run is resumed.
constexpr std::array<std::string_view, 9> kClocks = {"_runtime",   "Relative Time (Process)",
                                                     "Runtime",    "Relative Time (Wall)",
                                                     "_timestamp", "Wall time",
                                                     "Wall Time",  "timestamp",
                                                     "Created"};

using LoggedNumbers = std::vector<double>;

/// Seconds since 1970 of a column of dates; empty where it holds another text.
LoggedNumbers seconds_in(const Texts& texts) {
  LoggedNumbers seconds;
  const auto instants = instants_of(texts);
  if (!instants) return seconds;
  for (const std::optional<Instant>& instant : *instants)
    seconds.push_back(instant ? instant->seconds() : kNaN);
  return seconds;
}

/// A column's numbers, also those that a column of text holds; empty where it holds none.
LoggedNumbers numbers_in(const Column& column) {
  if (column.is_number()) return std::get<LoggedNumbers>(column.values);
  const Texts& texts = std::get<Texts>(column.values);
  auto read = numbers_of(texts);
  if (!read && is_clock(column.name)) return seconds_in(texts);
  return read && read->other_rows.empty() ? std::move(read->numbers) : LoggedNumbers();
}

std::string cell_text(const Column& column, std::size_t row) {
  if (!column.is_number()) return std::get<Texts>(column.values)[row];
  const double number = std::get<LoggedNumbers>(column.values)[row];
  return std::isnan(number) ? "" : shortest(number);
}

/// The rows of each run, by its name, in order of first appearance.
struct NamedRows {
  std::string name;
  std::vector<std::size_t> rows;
};

std::vector<NamedRows> rows_by_run(const Table& table, const Column* names,
                                   const std::string& default_name) {
  std::vector<NamedRows> runs;
  std::map<std::string, std::size_t> place;
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    std::string name = names ? cell_text(*names, row) : "";
    if (name.empty()) name = default_name;
    const auto [found, is_new] = place.emplace(name, runs.size());
    if (is_new) runs.push_back({name, {}});
    runs[found->second].rows.push_back(row);
  }
  return runs;
}

/// The table's columns by what they are known as.
struct LogColumns {
  const Column* names = nullptr;
  std::map<std::string, LoggedNumbers> numbers;
  std::map<std::string, const Column*> texts;
};

/// Steps, tokens, sizes and FLOPs, of which none is below zero.
bool is_count(const std::string& name) {
  return name == kStep || name == "n_tokens" || name == "batch_tokens" || name == "total_flops" ||
         name.starts_with("n_params");
}

/// InputError with the row for a count that is infinite or below zero, and for words in a column of
/// counts.
void check_counts(const Table& table, const Column& column) {
  std::vector<std::size_t> words;
  LoggedNumbers numbers;
  if (column.is_number()) {
    numbers = std::get<LoggedNumbers>(column.values);
  } else if (auto read = numbers_of(std::get<Texts>(column.values))) {
    numbers = std::move(read->numbers);
    words = std::move(read->other_rows);
  } else if (known_name(column.name) == kStep) {
    words = {0};  // without a number among them; a size in words is a name
  }
  const auto below = std::find_if(numbers.begin(), numbers.end(),
                                  [](double number) { return number < 0 || std::isinf(number); });
  if (words.empty() && below == numbers.end()) return;
  const std::size_t row =
      words.empty() ? static_cast<std::size_t>(below - numbers.begin()) : words.front();
  const std::string hint = how_to_write(cell_text(column, row));
  throw InputError(table.location(row),
                   "column '" + column.name + "' must hold numbers of 0 or more, not '" +
                       cell_text(column, row) + "'",
                   hint.empty() ? "leave the cell empty where it is not known" : hint);
}

/// A column of words that describe a run.
bool says_what_run(const std::string& name) {
  return name == "label" || name == "family" || name == "length" ||
         name.starts_with(kSettingPrefix);
}

/// Whether another column is a better name for what this one is known as.
bool has_better(const Table& table, const std::string& column, const std::string& known) {
  if (column == known) return false;
  if (table.has(known)) return true;
  for (const KnownName& name : known_names()) {
    if (known != name.name) continue;
    for (const char* const other : name.others) {
      if (column == other) return false;
      if (table.has(other)) return true;
    }
  }
  return false;
}

LogColumns log_columns(const Table& table) {
  LogColumns columns;
  for (const Column& column : table.columns()) {
    const std::string name = known_name(table, column);
    if (has_better(table, column.name, name)) continue;
    if (is_count(name)) check_counts(table, column);
    if (name == "model") {
      columns.names = &column;
    } else if (LoggedNumbers numbers = numbers_in(column); !numbers.empty()) {
      columns.numbers.emplace(name, std::move(numbers));
    } else if (!column.is_number()) {
      if (!says_what_run(name)) table.refuse_words_among_numbers(column);
      columns.texts.emplace(name, &column);
    }
  }
  return columns;
}

/// InputError where a run's rows are of models of several sizes.
void check_one_model(const Table& table, const LogColumns& columns, const NamedRows& run) {
  const auto sizes = columns.numbers.find("n_params");
  if (sizes == columns.numbers.end()) return;
  std::set<double> known;
  for (const std::size_t row : run.rows) {
    if (!std::isnan(sizes->second[row])) known.insert(sizes->second[row]);
  }
  if (known.size() < 2) return;
  if (columns.names)
    throw InputError(
        Location{table.source()},
        "run '" + run.name + "' is of models of " + std::to_string(known.size()) + " sizes",
        "is '" + columns.names->name + "' the column that says which run a row is of?");
  std::vector<std::string> words;
  for (const auto& [name, column] : columns.texts) words.push_back("'" + column->name + "'");
  throw InputError(
      Location{table.source()},
      "no column says which run a row is of, and its models have " + std::to_string(known.size()) +
          " sizes",
      words.empty() ? "add a column run" : "rename " + join(words, " or ") + " to run");
}

/// The last value that is there.
std::optional<double> last_logged(const LoggedNumbers& numbers, std::span<const std::size_t> rows) {
  for (std::size_t i = rows.size(); i-- > 0;) {
    if (!std::isnan(numbers[rows[i]])) return numbers[rows[i]];
  }
  return {};
}

std::optional<double> last_known_value(const LoggedNumbers& numbers) {
  for (std::size_t i = numbers.size(); i-- > 0;) {
    if (!std::isnan(numbers[i])) return numbers[i];
  }
  return {};
}

/// resize() takes a reference, which a constant of the header doesn't give.
double missing_value() { return kNaN; }

/// A column that says one thing of the whole run; false where it is a metric.
bool set_part(Run& run, const std::string& name, std::optional<double> last) {
  constexpr std::string_view kPrefix = kSettingPrefix;
  if (name == "n_params") {
    run.n_params.total = last;
  } else if (name == "n_params_non_embedding") {
    run.n_params.non_embedding = last;
  } else if (name == "n_params_active") {
    run.n_params.active = last;
  } else if (name == "total_flops") {
    run.total_flops = last;
  } else if (name == "flops_per_token") {
    run.flops_per_token = last;
  } else if (name == "seed") {
    run.seed = last;
  } else if (name == "batch_tokens" || name.starts_with(kPrefix)) {
    const std::string key = name == "batch_tokens" ? name : name.substr(kPrefix.size());
    if (last) run.settings[known_name(key)] = *last;
  } else {
    return false;
  }
  return true;
}

void set_words(Run& run, const std::string& name, const Column& column, std::size_t row) {
  const std::string text = cell_text(column, row);
  if (text.empty()) return;
  if (name == "label") {
    run.label = text;
  } else if (name == "family") {
    run.family = text;
  } else if (name == "length") {
    run.length = text;
  } else if (name.starts_with(kSettingPrefix)) {
    run.descriptions[name.substr(std::string_view(kSettingPrefix).size())] = text;
  }
}

/// Of the clocks in a run's metrics the best becomes kSeconds, and the others go.
void choose_clock(Run& run) {
  for (const std::string_view clock : kClocks) {
    const auto found = run.metrics.find(std::string(clock));
    if (found == run.metrics.end()) continue;
    run.metrics.emplace(kSeconds, std::move(found->second));
    run.metrics.erase(found);
  }
}

Run logged_run(const Table& table, const LogColumns& columns, const NamedRows& named) {
  Run run;
  run.model = named.name;
  run.file = table.source();
  run.n_tokens.assign(named.rows.size(), kNaN);
  run.table = table.source();
  for (const std::size_t row : named.rows) run.lines.push_back(table.location(row).line);
  for (const auto& [name, numbers] : columns.numbers) {
    if (set_part(run, name, last_logged(numbers, named.rows))) continue;
    LoggedNumbers values;
    for (const std::size_t row : named.rows) values.push_back(numbers[row]);
    const bool measured =
        std::any_of(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    if (!measured) continue;
    (name == "n_tokens" ? run.n_tokens : run.metrics[name]) = std::move(values);
  }
  for (const auto& [name, column] : columns.texts)
    set_words(run, name, *column, named.rows.front());
  choose_clock(run);
  return run;
}

}  // namespace

bool is_clock(std::string_view column) {
  return std::find(kClocks.begin(), kClocks.end(), column) != kClocks.end();
}

bool LoggedRows::has(const std::string& name) const {
  const auto found = columns_.find(name);
  return found != columns_.end() && found->second.size() == n_rows_ && n_rows_ > 0 &&
         !std::isnan(found->second.back());
}

void LoggedRows::put(const std::string& name, double value) {
  LoggedNumbers& column = columns_[name];
  column.resize(n_rows_, missing_value());
  column.back() = value;
}

bool LoggedRows::outgrows(std::size_t n_bytes) const {
  constexpr std::size_t kCellsPerByte = 16;
  return columns_.size() * n_rows_ > (std::size_t{1} << 20) + kCellsPerByte * n_bytes;
}

Run LoggedRows::run() && {
  Run run;
  run.n_tokens.assign(n_rows_, kNaN);
  for (auto& [column, values] : columns_) {
    values.resize(n_rows_, missing_value());
    const std::string name = known_name(column);
    if (name != column && columns_.count(name) > 0) continue;
    if (name == "model" || set_part(run, name, last_known_value(values))) continue;
    if (name == "n_tokens") {
      run.n_tokens = std::move(values);
    } else {
      run.metrics.emplace(name, std::move(values));
    }
  }
  choose_clock(run);
  return run;
}

std::string known_name(const std::string& column) {
  for (const KnownName& known : known_names()) {
    for (const char* other : known.others) {
      if (column == other) return known.name;
    }
  }
  const std::string size = size_name(column);
  return size.empty() ? column : size;
}

std::string known_name(const Table& table, const Column& column) {
  constexpr double kSmallest = 1e4;  // model; lesser numbers may be of anything, as of batches
  std::string name = known_name(column.name);
  if (lower_case(name) != "size") return name;
  for (const Column& other : table.columns()) {
    if (known_name(other.name).starts_with("n_params")) return name;
  }
  const LoggedNumbers sizes = numbers_in(column);
  const bool is_size = !sizes.empty() && std::none_of(sizes.begin(), sizes.end(), [](double size) {
    return size < kSmallest || std::isinf(size);
  });
  return is_size ? "n_params" : name;
}

std::vector<Run> runs_of_log(const Table& table, const std::string& default_name) {
  const LogColumns columns = log_columns(table);
  std::vector<Run> runs;
  for (const NamedRows& named : rows_by_run(table, columns.names, default_name)) {
    check_one_model(table, columns, named);
    runs.push_back(logged_run(table, columns, named));
  }
  return runs;
}

}  // namespace rung
