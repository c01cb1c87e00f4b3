#include "rung/fit/constraint_text.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>

#include "rung/core/error.hpp"
#include "rung/core/expression_tokens.hpp"
#include "rung/core/text.hpp"

namespace rung {
namespace {

/// A part of one text, for errors that point at it.
struct Piece {
  std::string_view whole;
  Span span;
  std::string source;  // "--param"

  std::string_view text() const { return whole.substr(span.begin, span.end - span.begin); }
  bool empty() const { return span.begin == span.end; }

  Piece part(std::size_t begin, std::size_t end) const {
    Piece piece = *this;
    piece.span = {span.begin + begin, span.begin + std::min(end, text().size())};
    while (!piece.empty() && is_blank(whole[piece.span.begin])) ++piece.span.begin;
    while (!piece.empty() && is_blank(whole[piece.span.end - 1])) --piece.span.end;
    return piece;
  }
  Piece from(std::size_t begin) const { return part(begin, text().size()); }

  [[noreturn]] void fail(const std::string& message, std::string hint = "") const {
    throw InputError({expression_problem(whole, span, source, message, std::move(hint))});
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
};

/// Where `wanted` stands outside of quotes and parentheses; npos where it doesn't.
std::size_t find_outside(std::string_view text, char wanted, std::size_t from = 0) {
  char quote = 0;
  int depth = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '`' || c == '"') {
      quote = c;
    } else if (c == wanted && depth == 0) {
      return i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    }
  }
  return std::string_view::npos;
}

std::vector<Piece> pieces_between(const Piece& whole, char separator) {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = find_outside(whole.text(), separator, begin);
    pieces.push_back(whole.part(begin, end));
    if (end == std::string_view::npos) return pieces;
    begin = end + 1;
  }
}

std::string name_in(const Piece& piece) {
  if (piece.empty()) piece.fail("a parameter's name goes here");
  try {
    const std::vector<Token> tokens = expression_tokens(piece.text(), piece.source);
    const Token::Kind kind = tokens.front().kind;
    const bool is_name = kind == Token::Kind::word || kind == Token::Kind::quoted_name;
    if (is_name && tokens.size() == 2) return tokens.front().text;  // and the end
  } catch (const InputError&) {
    // It would point into this piece, not into the whole text.
  }
  piece.fail("this is no parameter's name", "a name that is no plain word goes into backticks");
}

double number_in(const Piece& piece, const std::string& hint = "") {
  const std::optional<double> number = parse_double(piece.text());
  if (!number) piece.fail("a number goes here", hint);
  if (!std::isfinite(*number)) piece.fail("this number must be finite", hint);
  return *number;
}

class Reader {
 public:
  void read(const ConstraintTexts& texts) {
    each(texts.param, "--param", [&](const Piece& piece) { read_range(piece); });
    each(texts.fix, "--fix", [&](const Piece& piece) { read_fixed(piece); });
    each(texts.tie, "--tie", [&](const Piece& piece) { read_tie(piece); });
    each(texts.prior, "--prior", [&](const Piece& piece) { read_prior(piece); });
    if (problems_.empty()) attempt([&] { move_bounds(); });
    if (problems_.empty()) {
      for (const Constraint& constraint : constraints_) attempt([&] { check(constraint); });
    }
    if (!problems_.empty()) throw InputError(std::move(problems_));
  }

  std::vector<Constraint> take() { return std::move(constraints_); }

 private:
  void attempt(const std::function<void()>& step) {
    try {
      step();
    } catch (const InputError& error) {
      problems_.insert(problems_.end(), error.problems().begin(), error.problems().end());
    }
  }

  void each(const std::vector<std::string>& texts, const std::string& source,
            const std::function<void(const Piece&)>& read) {
    for (const std::string& text : texts) {
      const Piece whole{text, {0, text.size()}, source};
      for (const Piece& piece : pieces_between(whole, ',')) attempt([&] { read(piece); });
    }
  }

  Constraint& of(const std::string& parameter) {
    for (Constraint& constraint : constraints_) {
      if (constraint.parameter == parameter) return constraint;
    }
    constraints_.push_back({.parameter = parameter});
    return constraints_.back();
  }

  /// "name", "value" of "name = value".
  static std::pair<Piece, Piece> sides(const Piece& piece, char sign, const std::string& hint) {
    const std::size_t middle = find_outside(piece.text(), sign);
    if (middle == std::string_view::npos) {
      piece.fail(std::string("there is no ") + sign + " in this", hint);
    }
    return {piece.part(0, middle), piece.from(middle + 1)};
  }

  void read_range(const Piece& piece) {
    const std::string hint =
        "alpha=0..1 is bounded by 0 and 1, A=0.. from below; alpha=@0.3 starts at 0.3; to hold it, "
        "use --fix";
    const auto [name, range] = sides(piece, '=', hint);
    const std::size_t start = range.text().find('@');
    const Piece bounds = range.part(0, start);
    Constraint& constraint = of(name_in(name));
    if (start != std::string_view::npos) {
      if (constraint.start) name.fail("a second start for this parameter");
      constraint.start = number_in(range.from(start + 1), hint);
      if (bounds.empty()) return;
    }
    const std::size_t dots = bounds.text().find("..");
    if (dots == std::string_view::npos) bounds.fail("bounds are two numbers with .. between", hint);
    if (constraint.lower || constraint.upper) name.fail("a second range for this parameter");
    const Piece low = bounds.part(0, dots), high = bounds.from(dots + 2);
    if (low.empty() && high.empty()) bounds.fail("there is no bound in this", hint);
    if (!low.empty()) constraint.lower = number_in(low, hint);
    if (!high.empty()) constraint.upper = number_in(high, hint);
    if (!low.empty() && !high.empty() && *constraint.lower >= *constraint.upper) {
      bounds.fail("impossible bounds: the lower one goes first",
                  "write " + std::string(high.text()) + ".." + std::string(low.text()) +
                      ", or --fix to hold it");
    }
  }

  void read_fixed(const Piece& piece) {
    const auto [name, value] = sides(piece, '=', "write --fix beta=0.28");
    Constraint& constraint = of(name_in(name));
    if (constraint.fixed) name.fail("this parameter is fixed twice");
    constraint.fixed = number_in(value, "write --fix beta=0.28");
  }

  /// "a", "a + 1" or "a - 1".
  static std::pair<std::string, double> owner_in(const Piece& piece) {
    const std::size_t sign =
        std::min(find_outside(piece.text(), '+'), find_outside(piece.text(), '-'));
    if (sign == std::string_view::npos) return {name_in(piece), 0};
    const double size = number_in(piece.from(sign + 1), "write --tie b=a+1");
    return {name_in(piece.part(0, sign)), piece.text()[sign] == '-' ? -size : size};
  }

  void read_tie(const Piece& piece) {
    const std::vector<Piece> names = pieces_between(piece, '=');
    if (names.size() < 2) piece.fail("a tie needs two parameters", "write --tie alpha=beta");
    const auto [owner, offset] = owner_in(names.back());
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
      const std::string name = name_in(names[i]);
      if (name == owner) names[i].fail("a parameter can't be tied to itself");
      Constraint& constraint = of(name);
      if (!constraint.tied_to.empty()) names[i].fail("this parameter is tied twice");
      constraint.tied_to = owner;
      constraint.offset = offset;
    }
  }

  void read_prior(const Piece& piece) {
    const std::string hint =
        "write --prior \"alpha ~ normal(0.3, 0.1)\": mean and standard deviation";
    const auto [name, distribution] = sides(piece, '~', hint);
    const std::size_t open = distribution.text().find('(');
    if (open == std::string_view::npos || distribution.text().back() != ')') {
      distribution.fail("a distribution goes here", hint);
    }
    const Piece kind = distribution.part(0, open);
    if (kind.text() != "normal") kind.fail("the only distribution is normal", hint);
    const Piece inside = distribution.part(open + 1, distribution.text().size() - 1);
    const std::vector<Piece> values = pieces_between(inside, ',');
    if (values.size() != 2) inside.fail("normal takes two numbers", hint);
    Constraint& constraint = of(name_in(name));
    if (constraint.prior_mean) name.fail("a second prior on this parameter");
    constraint.prior_mean = number_in(values[0], hint);
    constraint.prior_sd = number_in(values[1], hint);
    if (*constraint.prior_sd <= 0) values[1].fail("a standard deviation is positive", hint);
  }

  /// A tied parameter has the coordinate of the one that it is tied to, bounds and all.
  void move_bounds() {
    const std::vector<Constraint> given = constraints_;
    for (const Constraint& constraint : given) {
      if (constraint.tied_to.empty()) continue;
      std::string owner = constraint.tied_to;
      double offset = constraint.offset;
      for (std::size_t hop = 0; !of(owner).tied_to.empty(); ++hop) {
        if (hop > given.size()) throw InputError(Location{"--tie"}, "the ties form a circle");
        offset += of(owner).offset;
        owner = of(owner).tied_to;
      }
      Constraint& to = of(owner);
      if (constraint.lower)
        to.lower = std::max(*constraint.lower - offset, to.lower.value_or(-kInfinity));
      if (constraint.upper)
        to.upper = std::min(*constraint.upper - offset, to.upper.value_or(kInfinity));
      if (constraint.start && !to.start) to.start = *constraint.start - offset;
      Constraint& from = of(constraint.parameter);
      from.lower = from.upper = from.start = std::nullopt;
    }
  }

  static void check(const Constraint& constraint) {
    const std::string name = "'" + constraint.parameter + "'";
    if (constraint.fixed && !constraint.tied_to.empty()) {
      throw InputError(Location{"--fix"},
                       name + " is both fixed and tied to '" + constraint.tied_to + "'",
                       "fix '" + constraint.tied_to + "', then both are");
    }
    if (constraint.lower && constraint.upper && *constraint.lower > *constraint.upper) {
      throw InputError(Location{"--tie"},
                       "the bounds of " + name + " and of what is tied to it leave no value");
    }
    const auto require_inside = [&](const std::optional<double>& value, const char* source,
                                    const char* what) {
      const bool outside = value && ((constraint.lower && *value < *constraint.lower) ||
                                     (constraint.upper && *value > *constraint.upper));
      if (outside) {
        throw InputError(Location{source}, std::string(what) + " " + shortest(*value) + " for " +
                                               name + " is outside of its bounds");
      }
    };
    require_inside(constraint.fixed, "--fix", "the value");
    require_inside(constraint.start, "--param", "the start");
  }

  std::vector<Constraint> constraints_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Constraint> constraints_from(const ConstraintTexts& texts) {
  Reader reader;
  reader.read(texts);
  return reader.take();
}

std::vector<FormulaParameter> formula_parameters(const std::vector<Constraint>& constraints) {
  // What holds for the parameter that this one is tied to, moved by how far this one lies above.
  const auto owner_of = [&](const Constraint& constraint) {
    const Constraint* owner = &constraint;
    double offset = 0;
    for (std::size_t hop = 0; hop < constraints.size() && !owner->tied_to.empty(); ++hop) {
      const auto next =
          std::find_if(constraints.begin(), constraints.end(),
                       [&](const Constraint& other) { return other.parameter == owner->tied_to; });
      if (next == constraints.end()) break;
      offset += owner->offset;
      owner = &*next;
    }
    Constraint moved = *owner;
    for (std::optional<double>* value : {&moved.lower, &moved.upper, &moved.start}) {
      if (*value) **value += offset;
    }
    return moved;
  };
  std::vector<FormulaParameter> parameters;
  for (const Constraint& constraint : constraints) {
    const Constraint owner = owner_of(constraint);
    parameters.push_back(
        {constraint.parameter, owner.lower, owner.upper, owner.start,
         constraint.fixed || constraint.prior_mean || !constraint.tied_to.empty()});
  }
  return parameters;
}

}  // namespace rung
