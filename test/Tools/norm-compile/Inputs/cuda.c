// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls functions whose kernels a driver without a GPU pretends to run.

#include "norm/Runtime/CUDA.h"
#include "functions.h"
#include <stdio.h>

int main(void) {
  void *stream = (void *)(uintptr_t)203;
  static const float numbers[5] = {1, 2, 3, 4, 5};
  float doubled[5] = {0};
  float *x = norm_cuda_allocate(sizeof(numbers), stream);
  float *y = norm_cuda_allocate(sizeof(numbers), stream);
  norm_cuda_copy(x, numbers, sizeof(numbers), stream);
  int status = twice(x, 5, y, 5, stream);
  printf("status %d: %s\n", status,
         status == NORM_CUDA_ERROR ? norm_cuda_error() : "ok");
  norm_cuda_clear_error();
  norm_cuda_copy(doubled, y, sizeof(numbers), stream);
  norm_cuda_synchronize(stream);
  printf("%g %g %g %g %g\n", doubled[0], doubled[1], doubled[2], doubled[3],
         doubled[4]);
  printf("null: %d\n", twice(0, 5, y, 5, stream) == NORM_NULL_POINTER);
  printf("sizes: %d\n", twice(x, 5, y, 4, stream) == NORM_SIZE_MISMATCH);
  printf("overlap: %d\n", twice(x, 5, x + 1, 5, stream) == NORM_OVERLAP);
  float *between = (float *)((char *)x + 2);
  printf("aligned: %d\n", twice(between, 1, y, 1, stream) == NORM_MISALIGNED);
  return 0;
}
