// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NORM_LIB_RUNTIME_EMULATOR_FIBER_H
#define NORM_LIB_RUNTIME_EMULATOR_FIBER_H

#include <cstddef>
#include <memory>

namespace mlir::norm::emulator {

/// A function that runs on a stack of its own and can be left and resumed.
/// Stacks end at a page that may not be touched.
class Fiber {
public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber &) = delete;
  Fiber &operator=(const Fiber &) = delete;

  /// Lets the next `resume` call `entry`, which must not return but end in
  /// `leave` for good.
  void start(void (*entry)());
  /// Runs the fiber until it leaves.
  void resume();
  /// Goes back to whoever resumed the fiber; called on its own stack.
  void leave();

private:
  struct Context;
  std::unique_ptr<Context> context;
};

} // namespace mlir::norm::emulator

#endif // NORM_LIB_RUNTIME_EMULATOR_FIBER_H
