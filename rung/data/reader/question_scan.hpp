#pragma once
/// One line of a question file.

#include <string_view>
#include <vector>

#include "rung/data/questions.hpp"

namespace rung {

/// Walks over JSON without keeping it: what is not wanted is skipped.
class QuestionLine {
 public:
  /// Reads the line; false, with `problem` saying why, where it is no question.
  bool read(std::string_view line);

  // What it said. Texts point into the line, as they stand between their quotes.
  std::vector<AnswerOption> options;
  std::size_t correct = 0;
  std::string_view recipe, size, task, seed, step;
  const char* problem = "";

 private:
  bool read_members();
  bool read_member(std::string_view key);
  bool read_options();
  bool read_option();
  bool read_label(std::string_view text);
  bool skip_value();
  bool skip_string();
  bool next_key(std::string_view& key);
  bool read_scalar(std::string_view& text);
  bool read_number(double& number);
  void skip_blanks();
  bool take(char wanted);

  const char* at_ = nullptr;
  const char* end_ = nullptr;
  bool has_label_ = false;
};

}  // namespace rung
