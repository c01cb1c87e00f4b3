#pragma once
/// The functions and operators of expressions by the names that they have in text: for the parser
/// and for to_text().

#include <array>
#include <string>
#include <string_view>

#include "rung/core/expression.hpp"

namespace rung::grammar {

inline constexpr std::size_t kMostBytes = 8000;

struct Function {
  std::string_view name;
  Op op;
  std::size_t n_least = 1;
  std::size_t n_most = 1;
};

inline constexpr std::size_t kAnyCount = kMostBytes;
inline constexpr std::array<Function, 22> kFunctions = {{
    {"log", Op::log},
    {"ln", Op::log},
    {"log2", Op::log2},
    {"log10", Op::log10},
    {"log1p", Op::log1p},
    {"exp", Op::exp},
    {"expm1", Op::expm1},
    {"sqrt", Op::sqrt},
    {"abs", Op::abs},
    {"round", Op::round},
    {"floor", Op::floor},
    {"ceil", Op::ceil},
    {"sin", Op::sin},
    {"cos", Op::cos},
    {"atan", Op::atan},
    {"tanh", Op::tanh},
    {"sigmoid", Op::sigmoid},
    {"softplus", Op::softplus},
    {"pow", Op::power, 2, 2},
    {"min", Op::min, 2, kAnyCount},
    {"max", Op::max, 2, kAnyCount},
    {"is_missing", Op::is_missing},
}};

struct Operator {
  std::string_view symbol;
  Op op;
};

inline constexpr std::array<Operator, 7> kComparisons = {{{"<", Op::less},
                                                          {"<=", Op::less_equal},
                                                          {">", Op::greater},
                                                          {">=", Op::greater_equal},
                                                          {"=", Op::equal},
                                                          {"==", Op::equal},
                                                          {"!=", Op::not_equal}}};
inline constexpr std::array<Operator, 2> kSums = {{{"+", Op::add}, {"-", Op::subtract}}};
inline constexpr std::array<Operator, 2> kProducts = {{{"*", Op::multiply}, {"/", Op::divide}}};
inline constexpr std::array<Operator, 1> kPowers = {{{"^", Op::power}}};

}  // namespace rung::grammar
