#pragma once
/// What rung study list, show and run say.

#include <string>
#include <string_view>
#include <vector>

#include "rung/report/document.hpp"
#include "rung/study/file.hpp"

namespace rung {

/// A study and the name that it is asked for by.
struct NamedStudy {
  std::string name;
  StudyFile study;
};

Document describe(const std::vector<NamedStudy>& studies);
/// One, as the text of its file.
Document describe(const NamedStudy& study, std::string_view text);

/// What one step of a study said.
struct StepOutput {
  std::string heading;            // "": it is the only one
  std::string text;               // as it was shown
  const Json* results = nullptr;  // an array
};

/// One after the other under the study's title, where it has one; each result has the number of its
/// step, from 1 on.
Document describe(const std::string& title, const std::vector<StepOutput>& steps);

}  // namespace rung
