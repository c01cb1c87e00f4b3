#include "rung/core/expression_tokens.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "rung/core/quantity.hpp"

namespace rung {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Bytes from 0x80 on are parts of letters in UTF-8.
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_word(char c) { return starts_word(c) || is_digit(c) || c == '.'; }

/// Where another character begins: not inside one of UTF-8's longer ones.
bool starts_character(char c) { return (c & 0xC0) != 0x80; }

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

class Tokenizer {
 public:
  Tokenizer(std::string_view text, const std::string& source) : text_(text), source_(source) {}

  std::vector<Token> read() {
    std::vector<Token> tokens;
    do {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      const std::size_t begin = at_;
      Token token = next();
      token.span = {begin, at_};
      tokens.push_back(std::move(token));
    } while (tokens.back().kind != Token::Kind::end);
    return tokens;
  }

 private:
  Token next() {
    if (at_ == text_.size()) return {};
    const char c = text_[at_];
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
      return number();
    }
    if (starts_word(c)) return word();
    if (c == '\'') return {Token::Kind::text, quoted()};
    if (c == '`' || c == '"') return {Token::Kind::quoted_name, quoted()};
    return symbol();
  }

  Token number() {
    const std::size_t begin = at_;
    Token token{Token::Kind::number};
    const auto [stop, error] =
        fast_float::from_chars(text_.data() + at_, text_.data() + text_.size(), token.number);
    at_ = static_cast<std::size_t>(stop - text_.data());
    token.text = text_.substr(begin, at_ - begin);
    if (error != std::errc{} || !std::isfinite(token.number)) {
      fail({begin, at_}, "this number is too large");
    }
    if (at_ < text_.size() && continues_word(text_[at_])) {
      const std::size_t word_begin = at_;
      while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
      if (const auto quantity = parse_quantity(text_.substr(begin, at_ - begin))) {
        token.number = *quantity;
        token.text = text_.substr(begin, at_ - begin);
        token.is_quantity = true;
        return token;
      }
      const std::string rest(text_.substr(word_begin, at_ - word_begin));
      fail({begin, at_}, "a number runs into a name",
           "write " + token.text + "*" + rest + ", or `" + token.text + rest +
               "` where that is a name");
    }
    return token;
  }

  Token word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    return {Token::Kind::word, std::string(text_.substr(begin, at_ - begin))};
  }

  std::string quoted() {
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    std::string content;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        if (at_ == text_.size() || text_[at_] != quote) return content;
      }
      content += text_[at_];
    }
    fail({begin, begin + 1}, "this quote never closes");
  }

  Token symbol() {
    // Longer ones first.
    constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kSymbols = {{
        {"**", "^"},   {"<=", "<="}, {">=", ">="}, {"==", "=="}, {"!=", "!="}, {"<>", "!="},
        {"&&", "and"}, {"||", "or"}, {"+", "+"},   {"-", "-"},   {"*", "*"},   {"/", "/"},
        {"^", "^"},    {"(", "("},   {")", ")"},   {",", ","},   {"<", "<"},   {">", ">"},
        {"=", "="},    {"!", "not"}, {"~", "~"},
    }};
    for (const auto& [written, meant] : kSymbols) {
      if (!text_.substr(at_).starts_with(written)) continue;
      at_ += written.size();
      const bool is_word = starts_word(meant.front());
      return {is_word ? Token::Kind::word : Token::Kind::symbol, std::string(meant)};
    }
    if (const std::string hint = percent_hint(); !hint.empty())
      fail({at_, at_ + 1}, "a percent sign is no part of a number", hint);
    fail({at_, at_ + 1}, "this character has no meaning here",
         "a name that holds it goes into backticks: `eval/c4-en`");
  }

  /// "" but at a percent sign behind a number.
  std::string percent_hint() const {
    if (text_[at_] != '%') return "";
    const std::size_t before = text_.find_last_not_of("0123456789.", at_ - (at_ > 0 ? 1 : 0));
    const std::size_t begin = before == text_.npos ? 0 : before + 1;
    return at_ > begin ? instead_of_percent(text_.substr(begin, at_ + 1 - begin)) : "";
  }

  [[noreturn]] void fail(Span span, const std::string& message, std::string hint = "") const {
    throw InputError({expression_problem(text_, span, source_, message, std::move(hint))});
  }

  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> expression_tokens(std::string_view text, const std::string& source) {
  return Tokenizer(text, source).read();
}

Problem expression_problem(std::string_view text, Span span, const std::string& source,
                           const std::string& message, std::string hint) {
  std::string shown(text);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  const std::size_t n_before = width(text.substr(0, span.begin));
  const std::size_t n_under = std::max<std::size_t>(
      1, width(text.substr(std::min(span.begin, text.size()), span.end - span.begin)));
  return {{source, 0, span.begin + 1},
          message + "\n  " + shown + "\n  " + std::string(n_before, ' ') + '^' +
              std::string(n_under - 1, '~'),
          std::move(hint)};
}

std::string quoted_if_needed(const std::string& name) {
  const bool plain = !name.empty() && starts_word(name[0]) &&
                     std::all_of(name.begin(), name.end(), continues_word);
  if (plain) return name;
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += c;
    quoted += c;
  }
  return quoted + '`';
}

std::string shown_expression(const std::string& expression) {
  const std::vector<Token> tokens = expression_tokens(expression, "");
  return tokens.size() == 2 && tokens[0].kind == Token::Kind::quoted_name ? tokens[0].text
                                                                          : expression;
}

std::string did_you_mean_in_expression(const std::string& name,
                                       const std::vector<std::string>& known) {
  std::string text;
  for (const std::string& near : nearest_names(name, known)) {
    const std::string quoted = quoted_if_needed(near);
    text +=
        (text.empty() ? "did you mean " : " or ") + (quoted == near ? "'" + near + "'" : quoted);
  }
  return text.empty() ? text : text + "?";
}

}  // namespace rung
