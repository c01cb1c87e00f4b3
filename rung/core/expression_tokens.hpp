#pragma once
/// The words of a formula, and errors that point into it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rung/core/error.hpp"

namespace rung {

/// A stretch of a text in bytes, [begin, end).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Token {
  enum class Kind {
    end,          // of the whole text
    number,       // 6, .5, 1e9, 7B
    text,         // 'c4'
    word,         // loss, config.lr, and, log
    quoted_name,  // `eval/c4`, "eval/c4": a name whatever it holds
    symbol,       // + - * / ^ ( ) , < <= > >= = == != ~
  };
  Kind kind = Kind::end;
  std::string text = {};  // without quotes; "**" reads as "^", "<>" as "!="
  double number = 0;
  bool is_quantity = false;  // the number has a suffix
  Span span = {};
};

/// Quotes double inside quotes of their kind: 'it''s'. The last token is Kind::end. InputError (see
/// expression_error) at a quote that never closes, a character that has no meaning, a number that
/// runs into a word ("6N").
std::vector<Token> expression_tokens(std::string_view text, const std::string& source);

/// "SOURCE: error: MESSAGE", the expression, a caret under `span` and, behind the caret, the hint.
/// `source` is where the expression came from ("--where"), may be empty.
Problem expression_problem(std::string_view text, Span span, const std::string& source,
                           const std::string& message, std::string hint = "");

/// A name as an expression would have to write it: in backticks when it is no plain word.
std::string quoted_if_needed(const std::string& name);

/// What people read of an expression: a name alone without its quotes ("eval/c4" of "`eval/c4`"),
/// any other expression as it is.
std::string shown_expression(const std::string& expression);

/// did_you_mean() with each name as an expression would write it.
std::string did_you_mean_in_expression(const std::string& name,
                                       const std::vector<std::string>& known);

}  // namespace rung
