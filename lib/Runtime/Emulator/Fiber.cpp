// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Fiber.h"
#include <cstdint>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

// ucontext saves signal masks by a system call: a switch takes ten times as
// long as one by hand.
#if defined(__x86_64__)
#define NORM_SWITCH_BY_HAND 1
#else
#include <ucontext.h>
#endif

using namespace mlir::norm::emulator;

static constexpr size_t stackBytes = 256 << 10;

#if NORM_SWITCH_BY_HAND
// Saves what a function must preserve, and the stack pointer, and goes on with
// another stack where that was left.
extern "C" void norm_emulator_switch(void **from, void *to);
asm(R"(
.text
.hidden norm_emulator_switch
.globl norm_emulator_switch
.type norm_emulator_switch, @function
norm_emulator_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size norm_emulator_switch, .-norm_emulator_switch
)");
#endif

struct Fiber::Context {
  char *memory;
  size_t page;
#if NORM_SWITCH_BY_HAND
  void *inside = nullptr, *outside = nullptr;
#else
  ucontext_t inside, outside;
#endif
};

Fiber::Fiber() : context(new Context) {
  context->page = sysconf(_SC_PAGESIZE);
  void *memory =
      mmap(nullptr, stackBytes + context->page, PROT_READ | PROT_WRITE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory, context->page, PROT_NONE) != 0)
    abort();
  context->memory = static_cast<char *>(memory);
}

Fiber::~Fiber() { munmap(context->memory, stackBytes + context->page); }

#if NORM_SWITCH_BY_HAND
void Fiber::start(void (*entry)()) {
  // As if `entry` had been called and were about to run: its return address,
  // which is never used, lies at a multiple of 16 bytes plus 8.
  auto *top = reinterpret_cast<uint64_t *>(context->memory + context->page +
                                           stackBytes);
  *--top = 0;
  *--top = reinterpret_cast<uint64_t>(entry);
  for (int i = 0; i < 6; ++i)
    *--top = 0;
  context->inside = top;
}

void Fiber::resume() {
  norm_emulator_switch(&context->outside, context->inside);
}

void Fiber::leave() {
  norm_emulator_switch(&context->inside, context->outside);
}
#else
void Fiber::start(void (*entry)()) {
  getcontext(&context->inside);
  context->inside.uc_stack.ss_sp = context->memory + context->page;
  context->inside.uc_stack.ss_size = stackBytes;
  context->inside.uc_link = nullptr;
  makecontext(&context->inside, entry, 0);
}

void Fiber::resume() { swapcontext(&context->outside, &context->inside); }

void Fiber::leave() { swapcontext(&context->inside, &context->outside); }
#endif
