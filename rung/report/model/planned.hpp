#pragma once
/// A ladder to train, as a document.

#include "rung/report/document.hpp"
#include "rung/study/model/planned.hpp"

namespace rung::model {

Document describe(const LadderRows& ladder);

/// What a rung that has just been trained came to, and what is to be expected of the held-out ones.
std::string progress_words(const LadderRows& ladder, std::size_t rung);

}  // namespace rung::model
