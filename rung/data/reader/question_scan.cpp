#include "rung/data/reader/question_scan.hpp"

#include <fast_float/fast_float.h>

#include <cmath>
#include <cstring>
#include <numbers>

namespace rung {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Ends a number or a word.
bool ends_word(char c) { return c == ',' || c == '}' || c == ']' || is_blank(c); }

/// The length that a score per length stands for.
void set_length(double per_length, double sum_logits, double& length) {
  if (std::isnan(length) && per_length != 0) length = sum_logits / per_length;
}

}  // namespace

bool QuestionLine::read(std::string_view line) {
  at_ = line.data();
  end_ = at_ + line.size();
  options.clear();
  recipe = size = task = seed = step = {};
  correct = 0;
  has_label_ = false;
  problem = "this line is no whole JSON object";
  if (!take('{') || !read_members()) return false;
  skip_blanks();
  if (at_ != end_) return false;
  problem = "this line has no list model_output of scored options";
  if (options.empty()) return false;
  problem = "this line has no label that says which option is right";
  return has_label_ && correct < options.size();
}

bool QuestionLine::read_members() {
  if (take('}')) return true;
  while (true) {
    std::string_view key;
    if (!next_key(key) || !read_member(key)) return false;
    if (take(',')) continue;
    return take('}');
  }
}

bool QuestionLine::read_member(std::string_view key) {
  if (key == "model_output") return read_options();
  std::string_view text;
  if (key == "label") return read_scalar(text) && read_label(text);
  if (key == "recipe" || key == "mix" || key == "data" || key == "group") {
    // Of several the first in this order counts, and "recipe" over all.
    if (!read_scalar(text)) return false;
    if (recipe.empty() || key == "recipe") recipe = text;
    return true;
  }
  if (key == "size" || key == "params" || key == "model_size") return read_scalar(size);
  if (key == "task") return read_scalar(task);
  if (key == "seed") return read_scalar(seed);
  if (key == "step") return read_scalar(step);
  return skip_value();
}

bool QuestionLine::read_label(std::string_view text) {
  double number = 0;
  const auto [end, error] = fast_float::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    has_label_ = number >= 0 && number < 1e6 && number == std::floor(number);
    if (has_label_) correct = static_cast<std::size_t>(number);
  } else if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z') {
    has_label_ = true;
    correct = static_cast<std::size_t>(text[0] - 'A');
  }
  return true;
}

bool QuestionLine::read_options() {
  if (!take('[')) return skip_value();
  if (take(']')) return true;
  while (true) {
    if (!read_option()) return false;
    if (take(',')) continue;
    return take(']');
  }
}

bool QuestionLine::read_option() {
  if (!take('{')) return false;
  AnswerOption option;
  double per_token = 0, per_char = 0, per_byte = 0;
  if (!take('}')) {
    while (true) {
      std::string_view key;
      if (!next_key(key)) return false;
      double* const wanted = key == "sum_logits"          ? &option.sum_logits
                             : key == "num_tokens"        ? &option.n_tokens
                             : key == "num_chars"         ? &option.n_chars
                             : key == "num_bytes"         ? &option.n_bytes
                             : key == "sum_logits_uncond" ? &option.sum_logits_uncond
                             : key == "logits_per_token"  ? &per_token
                             : key == "logits_per_char"   ? &per_char
                             : key == "logits_per_byte"   ? &per_byte
                                                          : nullptr;
      if (!(wanted ? read_number(*wanted) : skip_value())) return false;
      if (take(',')) continue;
      if (!take('}')) return false;
      break;
    }
  }
  set_length(per_token, option.sum_logits, option.n_tokens);
  set_length(per_char, option.sum_logits, option.n_chars);
  // That one is written in bits, and positive.
  set_length(per_byte / -std::numbers::log2e, option.sum_logits, option.n_bytes);
  options.push_back(option);
  return true;
}

bool QuestionLine::read_number(double& number) {
  skip_blanks();
  const auto [end, error] = fast_float::from_chars(at_, end_, number);
  if (error == std::errc()) {
    at_ = end;
    return true;
  }
  number = kNaN;
  return skip_value();  // null, or a text
}

bool QuestionLine::read_scalar(std::string_view& text) {
  skip_blanks();
  const char* const begin = at_;
  if (at_ < end_ && *at_ == '"') {
    if (!skip_string()) return false;
    text = {begin + 1, static_cast<std::size_t>(at_ - begin - 2)};
    return true;
  }
  if (!skip_value()) return false;
  text = {begin, static_cast<std::size_t>(at_ - begin)};
  if (text == "null") text = {};
  return true;
}

bool QuestionLine::next_key(std::string_view& key) {
  skip_blanks();
  const char* const begin = at_;
  if (at_ == end_ || *at_ != '"' || !skip_string()) return false;
  key = {begin + 1, static_cast<std::size_t>(at_ - begin - 2)};
  return take(':');
}

bool QuestionLine::skip_value() {
  skip_blanks();
  if (at_ == end_) return false;
  if (*at_ == '"') return skip_string();
  if (*at_ != '{' && *at_ != '[') {
    const char* const begin = at_;
    while (at_ < end_ && !ends_word(*at_)) ++at_;
    return at_ > begin;
  }
  std::size_t depth = 0;
  while (at_ < end_) {
    const char c = *at_;
    if (c == '"') {
      if (!skip_string()) return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return true;
  }
  return false;
}

bool QuestionLine::skip_string() {
  const char* from = at_ + 1;
  while (true) {
    const auto* const quote =
        static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end_ - from)));
    if (!quote) return false;
    const char* backslash = quote;
    while (backslash > from && backslash[-1] == '\\') --backslash;
    at_ = from = quote + 1;
    if ((quote - backslash) % 2 == 0) return true;
  }
}

void QuestionLine::skip_blanks() {
  while (at_ < end_ && is_blank(*at_)) ++at_;
}

bool QuestionLine::take(char wanted) {
  skip_blanks();
  if (at_ == end_ || *at_ != wanted) return false;
  ++at_;
  return true;
}

}  // namespace rung
