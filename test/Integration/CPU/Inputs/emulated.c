// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls functions of a compiled module on arrays from standard input and writes
// the arrays back, for emulated machines.
//
// A request, all in 64-bit integers: the function's number; how many arguments;
// how many bytes the memory of each array takes, whether it ends at a page that
// may not be touched or begins after one, and its rank, sizes, strides and
// memory; at last, the bits of a float argument. The answer: the memory of all
// arrays.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_ARGUMENTS = 12, MAX_RANK = 6, PAGE = 65536 };

typedef void (*Function)(void *, void *, void *, void *, void *, void *, void *,
                         void *, void *, void *, void *, void *, float);
extern const Function functions[];

typedef struct {
  char *allocated, *aligned;
  int64_t offset, sizes_and_strides[2 * MAX_RANK];
} Descriptor;

static void fail(const char *what) {
  fprintf(stderr, "emulated.c: %s\n", what);
  exit(1);
}

static void read_bytes(void *to, size_t size) {
  if (fread(to, 1, size, stdin) != size)
    fail("the request ends early");
}

static int64_t read_integer(void) {
  int64_t value;
  read_bytes(&value, sizeof value);
  return value;
}

// Memory for an array next to a page that may not be touched.
static char *allocate(int64_t bytes, int at_end, char **base, size_t *total) {
  size_t inner = (bytes + PAGE) / PAGE * PAGE;
  *total = inner + 2 * PAGE;
  *base = mmap(NULL, *total, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (*base == MAP_FAILED)
    fail("no memory");
  if (mprotect(*base, PAGE, PROT_NONE) ||
      mprotect(*base + PAGE + inner, PAGE, PROT_NONE))
    fail("mprotect");
  return at_end ? *base + PAGE + inner - bytes : *base + PAGE;
}

int main(void) {
  int64_t number;
  while (fread(&number, sizeof number, 1, stdin) == 1) {
    Descriptor descriptors[MAX_ARGUMENTS];
    char *bases[MAX_ARGUMENTS];
    size_t totals[MAX_ARGUMENTS];
    int64_t bytes[MAX_ARGUMENTS], count = read_integer();
    if (count > MAX_ARGUMENTS)
      fail("too many arguments");
    for (int64_t i = 0; i < count; ++i) {
      bytes[i] = read_integer();
      int64_t at_end = read_integer(), rank = read_integer();
      if (rank > MAX_RANK)
        fail("too many dims");
      char *memory = allocate(bytes[i], at_end != 0, &bases[i], &totals[i]);
      descriptors[i].allocated = descriptors[i].aligned = memory;
      descriptors[i].offset = 0;
      read_bytes(descriptors[i].sizes_and_strides, 2 * rank * sizeof(int64_t));
      read_bytes(memory, bytes[i]);
    }
    int64_t bits = read_integer();
    float scalar;
    memcpy(&scalar, &bits, sizeof scalar);
    Descriptor *d = descriptors;
    functions[number](d, d + 1, d + 2, d + 3, d + 4, d + 5, d + 6, d + 7, d + 8,
                      d + 9, d + 10, d + 11, scalar);
    for (int64_t i = 0; i < count; ++i) {
      fwrite(descriptors[i].aligned, 1, bytes[i], stdout);
      munmap(bases[i], totals[i]);
    }
    fflush(stdout);
  }
  return 0;
}
