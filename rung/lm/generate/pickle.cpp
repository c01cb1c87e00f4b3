#include "rung/lm/generate/pickle.hpp"

#include <bit>
#include <unordered_map>

#include "rung/core/error.hpp"

namespace rung::lm {

using Kind = PickledObject::Kind;

const PickledObject* PickledObject::find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name->kind == Kind::text && name->text == key) return value;
  }
  return nullptr;
}

/// The stack machine that a pickle is a program for (Python's pickletools lists its codes).
class PickleReader {
 public:
  PickleReader(Pickle& pickle, std::string_view bytes, const std::string& source)
      : pickle_(pickle), bytes_(bytes), source_(source) {}

  void run() {
    while (true) {
      const char code = take(1).front();
      if (code == '.') break;
      if (!read_value(code) && !read_collection(code) && !read_object(code))
        fail("it holds what torch.save does not write (code " +
             std::to_string(static_cast<unsigned char>(code)) + ")");
    }
    pickle_.root_ = pop();
  }

 private:
  /// Numbers and texts.
  bool read_value(char code) {
    switch (code) {
      case 'N':
        push({});
        return true;
      case '\x88':
        push_number(1);
        return true;
      case '\x89':
        push_number(0);
        return true;
      case 'J':
        push_number(static_cast<std::int32_t>(whole(4)));
        return true;
      case 'K':
        push_number(static_cast<double>(whole(1)));
        return true;
      case 'M':
        push_number(static_cast<double>(whole(2)));
        return true;
      case '\x8a':
        push_long(take(whole(1)));
        return true;
      case 'G':
        push_real(take(8));
        return true;
      case 'X':
      case 'T':
      case 'B':
        push_text(take(whole(4)));
        return true;
      case '\x8c':
      case 'U':
      case 'C':
        push_text(take(whole(1)));
        return true;
      case '\x8d':
      case '\x8e':
        push_text(take(whole(8)));
        return true;
      default:
        return false;
    }
  }

  /// Tuples, lists, dictionaries and what goes into them.
  bool read_collection(char code) {
    switch (code) {
      case '(':
        marks_.push_back(stack_.size());
        return true;
      case ')':
      case ']':
      case '\x8f':
        push({.kind = Kind::list});
        return true;
      case '}':
        push({.kind = Kind::dictionary});
        return true;
      case 't':
      case 'l':
        push_list(above_mark());
        return true;
      case '\x85':
        push_list(top(1));
        return true;
      case '\x86':
        push_list(top(2));
        return true;
      case '\x87':
        push_list(top(3));
        return true;
      case 'd': {
        const auto values = above_mark();
        push({.kind = Kind::dictionary});
        put_entries(values);
        return true;
      }
      case 's':
        put_entries(top(2));
        return true;
      case 'u':
        put_entries(above_mark());
        return true;
      case 'a':
        put_items(top(1));
        return true;
      case 'e':
      case '\x90':
        put_items(above_mark());
        return true;
      default:
        return false;
    }
  }

  /// Names, calls, and the memory of what was there before.
  bool read_object(char code) {
    switch (code) {
      case '\x80':
        take(1);
        return true;  // the protocol
      case '\x95':
        take(8);
        return true;  // a frame
      case 'c': {
        const std::string module = line();
        push({.kind = Kind::global, .text = module + " " + line()});
        return true;
      }
      case '\x93': {
        const auto names = top(2);
        push({.kind = Kind::global, .text = names[0]->text + " " + names[1]->text});
        return true;
      }
      case 'R':
      case '\x81':
        push({.kind = Kind::call, .items = top(2)});
        return true;
      case 'b':
        pop();
        return true;  // what an object is set to beside its items: not needed
      case 'Q':
        push({.kind = Kind::persistent, .items = top(1)});
        return true;
      case 'q':
        memo_[whole(1)] = peek();
        return true;
      case 'r':
        memo_[whole(4)] = peek();
        return true;
      case '\x94':
        memo_.emplace(memo_.size(), peek());
        return true;
      case 'h':
        recall(whole(1));
        return true;
      case 'j':
        recall(whole(4));
        return true;
      case '0':
        pop();
        return true;
      case '2':
        stack_.push_back(peek());
        return true;
      default:
        return false;
    }
  }

  std::string_view take(std::size_t n) {
    if (bytes_.size() - at_ < n) fail("it ends too early");
    at_ += n;
    return bytes_.substr(at_ - n, n);
  }
  std::size_t whole(std::size_t n_bytes) {
    const std::string_view bytes = take(n_bytes);
    std::size_t value = 0;
    for (std::size_t i = n_bytes; i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::string line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) fail("it ends too early");
    const std::string text(take(end - at_));
    take(1);
    return text;
  }

  void push(PickledObject object) {
    pickle_.objects_.push_back(std::move(object));
    stack_.push_back(&pickle_.objects_.back());
  }
  void push_number(double value) { push({.kind = Kind::number, .number = value}); }
  void push_text(std::string_view text) { push({.kind = Kind::text, .text = std::string(text)}); }
  void push_list(std::vector<const PickledObject*> items) {
    push({.kind = Kind::list, .items = std::move(items)});
  }
  /// Little-endian, two's complement.
  void push_long(std::string_view bytes) {
    double value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;)
      value = value * 256 + static_cast<unsigned char>(bytes[i]);
    if (!bytes.empty() && (bytes.back() & '\x80')) {
      double modulus = 1;
      for (std::size_t i = 0; i < bytes.size(); ++i) modulus *= 256;
      value -= modulus;
    }
    push_number(value);
  }
  void push_real(std::string_view bytes) {  // big-endian
    std::uint64_t bits = 0;
    for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    push_number(std::bit_cast<double>(bits));
  }

  PickledObject* peek() {
    if (stack_.empty()) fail("it is damaged");
    return stack_.back();
  }
  PickledObject* pop() {
    PickledObject* const object = peek();
    stack_.pop_back();
    return object;
  }
  std::vector<const PickledObject*> cut(std::size_t from) {
    std::vector<const PickledObject*> objects(stack_.begin() + static_cast<long>(from),
                                              stack_.end());
    stack_.resize(from);
    return objects;
  }
  std::vector<const PickledObject*> top(std::size_t n) {
    if (stack_.size() < n) fail("it is damaged");
    return cut(stack_.size() - n);
  }
  std::vector<const PickledObject*> above_mark() {
    if (marks_.empty() || marks_.back() > stack_.size()) fail("it is damaged");
    const std::size_t mark = marks_.back();
    marks_.pop_back();
    return cut(mark);
  }
  void put_entries(const std::vector<const PickledObject*>& values) {
    PickledObject* const object = peek();
    for (std::size_t i = 0; i + 1 < values.size(); i += 2)
      object->entries.emplace_back(values[i], values[i + 1]);
  }
  void put_items(const std::vector<const PickledObject*>& values) {
    PickledObject* const object = peek();
    object->items.insert(object->items.end(), values.begin(), values.end());
  }
  void recall(std::size_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("it is damaged");
    stack_.push_back(found->second);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(Location{source_}, what);
  }

  Pickle& pickle_;
  std::string_view bytes_;
  const std::string& source_;
  std::size_t at_ = 0;
  std::vector<PickledObject*> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::size_t, PickledObject*> memo_;
};

Pickle::Pickle(std::string_view bytes, const std::string& source) {
  PickleReader(*this, bytes, source).run();
}

}  // namespace rung::lm
