#include <cmath>
#include <initializer_list>
#include <optional>

#include "rung/core/error.hpp"
#include "rung/core/text.hpp"
#include "rung/data/questions.hpp"

namespace rung {
namespace {

const Column* first_column(const Table& table, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const Column* column = table.find(name)) return column;
  }
  return nullptr;
}

const Column* question_column(const Table& table) {
  return first_column(table, {"question", "instance", "doc_id", "native_id"});
}

std::string option_text(const Column* column, std::size_t row) {
  if (!column) return "";
  if (!column->is_number()) return std::get<std::vector<std::string>>(column->values)[row];
  const double number = std::get<std::vector<double>>(column->values)[row];
  return std::isnan(number) ? "" : shortest(number);
}

double option_number(const Column* column, std::size_t row) {
  return column && column->is_number() ? std::get<std::vector<double>>(column->values)[row] : kNaN;
}

/// Walks over a table with an option a row.
class OptionRows {
 public:
  explicit OptionRows(const Table& table)
      : table_(table),
        recipe_(first_column(table, {"recipe", "mix", "data", "group", "family"})),
        size_(first_column(table, {"size", "params", "model_size"})),
        task_(first_column(table, {"task", "benchmark"})),
        seed_(table.find("seed")),
        step_(table.find("step")),
        question_(question_column(table)),
        is_correct_(table.find("is_correct")),
        label_(table.find("label")) {
    if (!is_correct_ && !label_)
      throw InputError(Location{table.source()}, "no column says which option is right",
                       "is_correct, 1 for the right option, or label, its place from 0");
  }

  MeansByRun means() {
    MeansByRun means;
    std::vector<AnswerOption> options;
    const std::size_t n = table_.n_rows();
    for (std::size_t row = 0; row < n;) {
      const QuestionsOf of = of_row(row);
      const std::string question = option_text(question_, row);
      const std::size_t first = row;
      std::optional<std::size_t> correct;
      options.clear();
      do {
        if (option_number(is_correct_, row) == 1) correct = options.size();
        options.push_back(option(row));
        ++row;
      } while (row < n && option_text(question_, row) == question && of_row(row) == of);
      if (!is_correct_) correct = labelled(first, options.size());
      if (!correct) throw InputError(table_.location(first), "this question has no right option");
      means[of].add(question_metrics(options, *correct));
    }
    return means;
  }

 private:
  QuestionsOf of_row(std::size_t row) const {
    return {option_text(recipe_, row), option_text(size_, row), option_text(task_, row),
            option_text(seed_, row), option_text(step_, row)};
  }

  AnswerOption option(std::size_t row) const {
    const auto number = [&](const char* name) { return option_number(table_.find(name), row); };
    return {number("sum_logits"), number("num_tokens"), number("num_chars"), number("num_bytes"),
            number("sum_logits_uncond")};
  }

  std::optional<std::size_t> labelled(std::size_t row, std::size_t n_options) const {
    const double label = option_number(label_, row);
    if (!(label >= 0 && label < static_cast<double>(n_options))) return std::nullopt;
    return static_cast<std::size_t>(label);
  }

  const Table& table_;
  const Column *recipe_, *size_, *task_, *seed_, *step_, *question_, *is_correct_, *label_;
};

}  // namespace

bool is_table_of_options(const Table& table) {
  return table.has("sum_logits") && question_column(table) != nullptr;
}

MeansByRun means_of_options(const Table& table) { return OptionRows(table).means(); }

}  // namespace rung
