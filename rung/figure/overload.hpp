#pragma once
/// A visitor of a variant, one function a kind.

namespace rung {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace rung
