#include "rung/report/bounds.hpp"

#include <algorithm>
#include <iterator>

namespace rung {

std::vector<std::string> notes_of_bounds(const Fit& fit) {
  std::vector<std::string> notes;
  std::copy_if(fit.notes.begin(), fit.notes.end(), std::back_inserter(notes),
               [](const std::string& note) { return note.find(" is at its bound ") != note.npos; });
  return notes;
}

}  // namespace rung
