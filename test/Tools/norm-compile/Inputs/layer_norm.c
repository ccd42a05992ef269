// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

/* Calls the functions of c-interface.mlir: C11 and C++ alike. */

#include "functions.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { rows = 5, columns = 37 };

static int failures = 0;

#define CHECK(CONDITION)                                                       \
  do {                                                                         \
    if (!(CONDITION)) {                                                        \
      printf("line %d: not %s\n", __LINE__, #CONDITION);                       \
      ++failures;                                                              \
    }                                                                          \
  } while (0)

static float x[rows * columns], y[rows * columns], gamma_[columns],
    beta[columns];

/* Mean 3, no two rows alike; a constant row last. */
static void fill(void) {
  for (int i = 0; i < rows * columns; ++i) {
    x[i] = i / columns == rows - 1
               ? 4.25f
               : (float)(3 + sin(0.7 * i) * (1 + i / columns));
    y[i] = -99;
  }
  for (int j = 0; j < columns; ++j) {
    gamma_[j] = 1 + 0.01f * (float)j;
    beta[j] = 0.5f - 0.02f * (float)j;
  }
}

/* The largest distance from the same computed in f64. */
static double distance(void) {
  double worst = 0;
  for (int i = 0; i < rows; ++i) {
    double mean = 0, variance = 0;
    for (int j = 0; j < columns; ++j)
      mean += x[i * columns + j];
    mean /= columns;
    for (int j = 0; j < columns; ++j) {
      double d = x[i * columns + j] - mean;
      variance += d * d;
    }
    variance /= columns;
    for (int j = 0; j < columns; ++j) {
      double wanted = (x[i * columns + j] - mean) / sqrt(variance + 1e-5);
      double error = fabs(y[i * columns + j] - (wanted * gamma_[j] + beta[j]));
      if (!(error <= worst))
        worst = error;
    }
  }
  return worst;
}

static void check_layer_norm(void) {
  fill();
  CHECK(layer_norm(x, rows, columns, gamma_, columns, beta, columns, y, rows,
                   columns) == NORM_OK);
  CHECK(distance() < 3e-6);
  fill();
  CHECK(fixed(x, gamma_, beta, y) == NORM_OK);
  CHECK(distance() < 3e-6);
  /* In place, through memrefs. */
  fill();
  memcpy(y, x, sizeof x);
  CHECK(in_place(y, rows, gamma_, beta) == NORM_OK);
  CHECK(distance() < 3e-6);
}

/* Arrays need be aligned as their elements are; the bits do not depend on it.
 */
static void check_alignment(void) {
  static float shifted_x[rows * columns + 1], shifted_y[rows * columns + 1];
  fill();
  memcpy(shifted_x + 1, x, sizeof x);
  CHECK(fixed(x, gamma_, beta, y) == NORM_OK);
  CHECK(fixed(shifted_x + 1, gamma_, beta, shifted_y + 1) == NORM_OK);
  CHECK(memcmp(shifted_y + 1, y, sizeof y) == 0);
}

/* Each status, and that nothing is written with it. */
static void check_statuses(void) {
  const int64_t n = columns, huge = INT64_C(1) << 61;
  fill();
  CHECK(layer_norm(x, -1, n, gamma_, n, beta, n, y, -1, n) ==
        NORM_NEGATIVE_SIZE);
  CHECK(layer_norm(x, rows, n, gamma_, -n, beta, n, y, rows, n) ==
        NORM_NEGATIVE_SIZE);
  CHECK(layer_norm(x, rows, n, gamma_, n, beta, n, y, INT64_MIN, n) ==
        NORM_NEGATIVE_SIZE);
  CHECK(layer_norm(x, huge, n, gamma_, n, beta, n, y, huge, n) ==
        NORM_SIZE_OVERFLOW);
  CHECK(layer_norm(x, huge, 1, gamma_, 1, beta, 1, y, huge, 1) ==
        NORM_SIZE_OVERFLOW);
  CHECK(layer_norm(x, huge, 0, gamma_, 0, beta, 0, y, huge, 0) ==
        NORM_SIZE_OVERFLOW);
  CHECK(layer_norm(x, rows, n, gamma_, n - 1, beta, n, y, rows, n) ==
        NORM_SIZE_MISMATCH);
  CHECK(layer_norm(x, rows, n, gamma_, n, beta, n + 1, y, rows, n) ==
        NORM_SIZE_MISMATCH);
  CHECK(layer_norm(x, rows, n, gamma_, n, beta, n, y, rows - 1, n) ==
        NORM_SIZE_MISMATCH);
  CHECK(layer_norm(x, rows, n, gamma_, n, beta, n, y, rows, n + 1) ==
        NORM_SIZE_MISMATCH);
  CHECK(layer_norm(NULL, rows, n, gamma_, n, beta, n, y, rows, n) ==
        NORM_NULL_POINTER);
  CHECK(layer_norm(x, rows, n, gamma_, n, NULL, n, y, rows, n) ==
        NORM_NULL_POINTER);
  CHECK(layer_norm(x, rows, n, gamma_, n, beta, n, NULL, rows, n) ==
        NORM_NULL_POINTER);
  CHECK(fixed(x, NULL, beta, y) == NORM_NULL_POINTER);
  CHECK(fixed(x, gamma_, beta, NULL) == NORM_NULL_POINTER);
  CHECK(total(x, rows * n, NULL) == NORM_NULL_POINTER);
  for (int i = 0; i < rows * columns; ++i)
    CHECK(y[i] == -99);
  /* Nothing to point at. */
  CHECK(layer_norm(NULL, 0, n, gamma_, n, beta, n, NULL, 0, n) == NORM_OK);
  CHECK(layer_norm(NULL, rows, 0, NULL, 0, NULL, 0, NULL, rows, 0) == NORM_OK);
}

/* Arrays that are written and others: the same one only where the function
 * reads each element last before it writes it. */
static void check_overlaps(void) {
  const int64_t n = columns;
  static float joined[2 * rows * columns], twice[2 * columns];
  float before[rows * columns];
  fill();
  memcpy(y, x, sizeof x);
  CHECK(layer_norm(y, rows, n, gamma_, n, beta, n, y, rows, n) == NORM_OK);
  CHECK(distance() < 3e-6);
  memcpy(y, x, sizeof x);
  CHECK(fixed(y, gamma_, beta, y) == NORM_OK);
  CHECK(distance() < 3e-6);
  memcpy(y, x, sizeof x);
  CHECK(copied(y, rows, gamma_, beta, y, rows) == NORM_OK);
  CHECK(distance() < 3e-6);
  /* A little to either side, as a whole within, or an array of another role. */
  fill();
  memcpy(joined, x, sizeof x);
  memcpy(before, x, sizeof x);
  CHECK(fixed(joined, gamma_, beta, joined + 1) == NORM_OVERLAP);
  CHECK(fixed(joined + 1, gamma_, beta, joined) == NORM_OVERLAP);
  CHECK(fixed(joined, gamma_, beta, joined + rows * columns - 1) ==
        NORM_OVERLAP);
  CHECK(fixed(joined, gamma_, joined + columns, joined) == NORM_OVERLAP);
  CHECK(layer_norm(joined, 1, n, gamma_, n, beta, n, gamma_, 1, n) ==
        NORM_OVERLAP);
  CHECK(in_place(joined, rows, joined + 2 * columns, beta) == NORM_OVERLAP);
  CHECK(copied(joined, rows, gamma_, beta, joined + columns, rows) ==
        NORM_OVERLAP);
  CHECK(memcmp(joined, before, sizeof before) == 0);
  /* Two statements read the argument, and each element twice. */
  CHECK(fixed((const float *)((const char *)joined + 2), gamma_, beta, y) ==
        NORM_MISALIGNED);
  CHECK(in_two_steps(x, x) == NORM_OVERLAP);
  CHECK(narrowed((uint16_t *)x, x) == NORM_OVERLAP);
  CHECK(concat(x, 3, gamma_, 4, x, 7) == NORM_OVERLAP);
  CHECK(total(gamma_, 2, gamma_ + 1) == NORM_OVERLAP);
  CHECK(memcmp(x, before, sizeof before) == 0);
  /* Neighbours, what is only read, and what has no elements. */
  CHECK(fixed(joined, gamma_, beta, joined + rows * columns) == NORM_OK);
  CHECK(fixed(x, beta, beta, y) == NORM_OK);
  CHECK(concat(twice, 3, twice + 2, 0, twice + 3, 3) == NORM_OK);
  CHECK(layer_norm(x, 0, n, gamma_, n, beta, n, gamma_, 0, n) == NORM_OK);
}

/* Sizes of results that are computed from several, and from a scalar. */
static void check_computed_sizes(void) {
  float joined[7] = {0};
  fill();
  CHECK(concat(x, 3, gamma_, 4, joined, 7) == NORM_OK);
  CHECK(memcmp(joined, x, 3 * sizeof(float)) == 0);
  CHECK(memcmp(joined + 3, gamma_, 4 * sizeof(float)) == 0);
  CHECK(concat(x, 3, gamma_, 4, joined, 6) == NORM_SIZE_MISMATCH);
  CHECK(filled(7, 1.5f, joined, 7) == NORM_OK);
  CHECK(joined[0] == 1.5f && joined[6] == 1.5f);
  CHECK(filled(6, 1.5f, joined, 7) == NORM_SIZE_MISMATCH);
  /* Two groups of 3; a quotient. */
  CHECK(grouped(x, 6, 3, joined, 6) == NORM_OK);
  CHECK(grouped(x, 7, 3, joined, 7) == NORM_SIZE_MISMATCH);
  CHECK(table(x, 6, 2, 3, joined, 2, 3) == NORM_OK);
  CHECK(table(x, 6, 4, 2, joined, 4, 2) == NORM_SIZE_MISMATCH);
  CHECK(split(x, 6, 3, joined, 2) == NORM_OK);
  CHECK(split(x, 6, 4, joined, 2) == NORM_SIZE_MISMATCH);
  CHECK(split(x, 6, 0, joined, 6) == NORM_SIZE_MISMATCH);
  CHECK(split(x, 6, -1, joined, 6) == NORM_SIZE_MISMATCH);
}

/* 1, 2, 3 and 0 as their bits. */
static void check_elements(void) {
  uint16_t half[4] = {0x3C00, 0x4000, 0x4200, 0}, half_out[4];
  uint16_t brain[4] = {0x3F80, 0x4000, 0x4040, 0}, brain_out[4];
  uint16_t doubled = 0;
  int64_t count = 0;
  uint8_t flipped = 9;
  float sum = 0;
  /* x / sqrt(mean of squares = 3.5) */
  CHECK(norm_f16(half, 1, half_out, 1) == NORM_OK);
  CHECK(half_out[0] == 0x3847 && half_out[1] == 0x3C47 &&
        half_out[2] == 0x3E6A && half_out[3] == 0);
  CHECK(norm_bf16(brain, 1, brain_out, 1) == NORM_OK);
  CHECK(brain_out[0] == 0x3F09 && brain_out[1] == 0x3F89 &&
        brain_out[2] == 0x3FCD && brain_out[3] == 0);
  CHECK(a_b_c(half[2], 41, 0, &doubled, &count, &flipped) == NORM_OK);
  CHECK(doubled == 0x4600 && count == 42 && flipped == 1);
  CHECK(a_b_c(half[2], -1, 1, &doubled, &count, &flipped) == NORM_OK);
  CHECK(count == 0 && flipped == 0);
  CHECK(total(gamma_, 2, &sum) == NORM_OK);
  CHECK(sum == gamma_[0] + gamma_[1]);
  CHECK(main_() == NORM_OK);
}

int main(void) {
  check_layer_norm();
  check_alignment();
  check_statuses();
  check_overlaps();
  check_computed_sizes();
  check_elements();
  printf("%d failures\n", failures);
  return failures != 0;
}
