#pragma once
/// What a command found out, apart from where it goes.

#include <functional>
#include <string>
#include <vector>

#include "rung/figure/figure.hpp"
#include "rung/report/document.hpp"

namespace rung::app {

/// A further file that was asked for, such as a saved fit.
struct NewFile {
  std::string path;
  std::string content;
};

struct Answer {
  Document document;
  std::function<Figure()> figure;  // drawn only where -o asks for it; empty: there is none
  std::vector<NewFile> files;
  std::string latex_path;     // where the tables go as LaTeX; "": nowhere
  bool prints_latex = false;  // LaTeX in place of the text

  Answer() = default;
  explicit Answer(Document described) : document(std::move(described)) {}
};

}  // namespace rung::app
