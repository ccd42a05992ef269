// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Which version of a function runs: its bits are those of the library for the
// best level that the processor has, and of no other.

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { rows = 3, columns = 1000 };
typedef int (*Function)(const float *, int64_t, int64_t, float *, int64_t,
                        int64_t);

static float x[rows * columns], y[rows * columns], z[rows * columns];

static int run(const char *folder, const char *name, float *result) {
  char path[4096];
  snprintf(path, sizeof(path), "%s/%s.so", folder, name);
  void *library = dlopen(path, RTLD_NOW);
  if (!library) {
    printf("%s\n", dlerror());
    return 1;
  }
  Function function = (Function)(intptr_t)dlsym(library, "normalize");
  return function(x, rows, columns, result, rows, columns);
}

int main(int argc, char **argv) {
  (void)argc;
  uint32_t state = 1;
  for (int i = 0; i < rows * columns; ++i) {
    state = state * 1664525 + 1013904223;
    x[i] = (float)(state >> 8) / (1 << 20);
  }
  __builtin_cpu_init();
  const char *best = __builtin_cpu_supports("x86-64-v4")   ? "x86-64-v4"
                     : __builtin_cpu_supports("x86-64-v3") ? "x86-64-v3"
                     : __builtin_cpu_supports("x86-64-v2") ? "x86-64-v2"
                                                           : "x86-64";
  int status = run(argv[1], "versions", y);
  status |= run(argv[1], best, z);
  printf("status %d, %s: %s\n", status, best,
         memcmp(y, z, sizeof(y)) ? "other bits" : "its bits");
  status |= run(argv[1], "x86-64", z);
  printf("%s: %s\n", "x86-64",
         memcmp(y, z, sizeof(y)) ? "other bits" : "its bits");
  return status;
}
