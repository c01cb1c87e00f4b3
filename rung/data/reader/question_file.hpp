#pragma once
/// JSON lines of multiple-choice questions with every option's score, as OLMES and DataDecide keep
/// them, into means over questions. No row is kept: a file may be larger than the memory.

#include <filesystem>
#include <string>
#include <string_view>

#include "rung/data/questions.hpp"

namespace rung {

/// Does the first line look like such a question: an object with a list "model_output"?
bool is_question_file(std::string_view head);

/// Each line is an object: "model_output", a list of options with sum_logits and some of
/// num_tokens, num_chars, num_bytes, sum_logits_uncond (or logits_per_token, logits_per_char,
/// logits_per_byte, from which the lengths follow); "label", the right one's place from 0 or its
/// letter; and who was asked: recipe (mix, data, group), size (params, model_size), task, seed,
/// step. Other members are passed over. InputError with every bad line, ten at most.
MeansByRun means_of_questions(std::string_view content, const std::string& source, int n_threads);

/// The same for a file, gzipped or not.
MeansByRun read_question_file(const std::filesystem::path& path, int n_threads);

}  // namespace rung
