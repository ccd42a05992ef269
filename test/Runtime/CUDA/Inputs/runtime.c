// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls of the runtime, in the order of its header.

#include "norm/Runtime/CUDA.h"
#include <stdio.h>
#include <string.h>

static norm_cuda_module module = {"\x7f"
                                  "ELF",
                                  "sm_90", 0};

static void *stream(int number) { return (void *)(uintptr_t)number; }

static void say(const char *what) {
  const char *error = norm_cuda_error();
  printf("%s: %d %s\n", what, norm_cuda_status(), error ? error : "ok");
}

static void launch(const char *name, int64_t blocks, int64_t threads,
                   int64_t cluster, int64_t bytes, int onStream) {
  norm_cuda_grid grid = {{blocks, 1, 1}, {threads, 1, 1}, {0, 0, 0}, bytes};
  if (cluster)
    for (int i = 0; i < 3; ++i)
      grid.cluster[i] = i == 0 ? cluster : 1;
  void *arguments[1] = {&blocks};
  norm_cuda_launch(&module, name, &grid, arguments, stream(onStream));
}

static void testLaunches(void) {
  launch("first", 3, 128, 0, 0, 0);
  launch("first", 4, 128, 0, 100, 0);
  launch("second", 1, 32, 0, 0, 201);
  launch("none", 0, 128, 0, 0, 0);
  launch("large", 2, 1024, 0, 65536, 0);
  launch("clustered", 8, 256, 4, 0, 0);
  launch("clustered", 16, 256, 16, 0, 0);
  norm_cuda_unload(&module);
  launch("first", 3, 128, 0, 0, 201);
  say("launches");
}

static void testErrors(void) {
  launch("absent", 1, 32, 0, 0, 0);
  say("absent");
  launch("first", 1, 32, 0, 0, 0);
  say("after an error");
  norm_cuda_clear_error();
  launch("wide", 1, 2048, 0, 0, 0);
  say("threads");
  norm_cuda_clear_error();
  launch("wide", INT64_C(1) << 31, 32, 0, 0, 0);
  say("blocks");
  norm_cuda_clear_error();
}

static void testMoreErrors(void) {
  void *memory = norm_cuda_allocate(16, stream(102));
  launch("absent", 1, 32, 0, 0, 0);
  norm_cuda_free(memory, stream(102));
  norm_cuda_clear_error();
  launch("below", -1, 32, 0, 0, 0);
  say("below");
  norm_cuda_clear_error();
  norm_cuda_allocate(-4, stream(102));
  say("negative");
  norm_cuda_clear_error();
}

static void testMemory(void) {
  static uint64_t id = 0;
  static const char text[] = "constant";
  void *memory = norm_cuda_allocate(16, stream(102));
  norm_cuda_copy(memory, text, 4, stream(102));
  norm_cuda_free(memory, stream(102));
  norm_cuda_free(NULL, stream(102));
  printf("nothing: %d\n", norm_cuda_allocate(0, NULL) == NULL);
  void *there = norm_cuda_get_constant(&id, text, sizeof(text), NULL);
  void *again = norm_cuda_get_constant(&id, text, sizeof(text), NULL);
  if (there)
    printf("%s, %s\n", (char *)there, there == again ? "once" : "twice");
  norm_cuda_free_constant(&id);
  say("memory");
}

int main(void) {
  printf("architecture %d\n", norm_cuda_get_architecture(NULL));
  say("device");
  if (norm_cuda_status() != NORM_CUDA_OK)
    return 0;
  testLaunches();
  norm_cuda_clear_error();
  testErrors();
  testMoreErrors();
  testMemory();
  norm_cuda_synchronize(stream(102));
  say("end");
  return 0;
}
