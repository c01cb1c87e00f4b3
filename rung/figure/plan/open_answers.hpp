#pragma once
/// Answers of rung allocate in its picture: sizes along a budget, and what the data leave open.

#include <cstddef>
#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/figure/table/predicted.hpp"
#include "rung/study/plan/allocation.hpp"

namespace rung {

/// Sizes on both sides of a budget's best one, up to a twelfth of it and of its tokens. Evenly by
/// size where models are smaller, by tokens where they are larger: with inference to pay, these run
/// out before the size has grown much.
std::vector<double> sizes_around(const plan::Allocation& best,
                                 const plan::AllocateOptions& options);

/// The range of losses along a budget of an answer that the data leave open.
void add_open_slice(const std::vector<plan::LossOf>& losses, const plan::Answer& answer,
                    const plan::AllocateOptions& options, SpreadLines lines, Panel& panel);

/// The sizes that parameters which fit as well say, as a dotted line.
void add_open_size(const plan::Answer& answer, Colour colour, std::vector<Layer>& layers);

/// The title, or what it says where laws leave this question open.
std::string title_with_reserve(const plan::AllocateResult& result, std::size_t question,
                               const std::string& question_words, const std::string& title);

}  // namespace rung
