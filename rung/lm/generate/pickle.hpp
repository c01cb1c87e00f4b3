#pragma once
/// What Python's pickle wrote, as data: nothing that it names is ever imported or called.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rung::lm {

struct PickledObject {
  enum class Kind {
    none,
    number,      // bool, int and float
    text,        // str and bytes
    list,        // tuple, list and set: `items`
    dictionary,  // `entries`
    global,      // "module name" in `text`
    persistent,  // something kept elsewhere: its key is items[0]
    call,        // items[0] called with items[1]; what was put into it since is in `entries`
  };
  Kind kind = Kind::none;
  double number = 0;
  std::string text;
  std::vector<const PickledObject*> items;
  std::vector<std::pair<const PickledObject*, const PickledObject*>> entries;

  /// The value of a key that is a text; null where there is none.
  const PickledObject* find(std::string_view key) const;
};

class Pickle {
 public:
  /// InputError where it ends too early or holds what torch.save doesn't write.
  Pickle(std::string_view bytes, const std::string& source);

  const PickledObject& root() const { return *root_; }

 private:
  friend class PickleReader;
  std::deque<PickledObject> objects_;
  const PickledObject* root_ = nullptr;
};

}  // namespace rung::lm
