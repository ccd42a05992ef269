// RUN: norm-opt %s -split-input-file -verify-diagnostics

func.func @statistics_c1(%x: memref<4x8xf32>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>, %s: memref<4xf32>) {
  // expected-error@+1 {{expected axes from 0 to 1, got 2}}
  norm.statistics ins(%x : memref<4x8xf32>) outs(%n, %m, %c, %s : memref<4xf32>) axes = [2]
  return
}

// -----

func.func @statistics_c2(%x: memref<4x8xf32>, %k: memref<4xi1>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>, %s: memref<4xf32>) {
  // expected-error@+1 {{expected mask of shape [4, 8], got 'memref<4xi1>'}}
  norm.statistics ins(%x : memref<4x8xf32>) mask(%k : memref<4xi1>) outs(%n, %m, %c, %s : memref<4xf32>) axes = [1]
  return
}

// -----

func.func @statistics_c3(%x: memref<4x?x8xf32>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>, %s: memref<4xf32>) {
  // expected-error@+1 {{expected inits of shape [4, ?], got 'memref<4xf32>'}}
  norm.statistics ins(%x : memref<4x?x8xf32>) outs(%n, %m, %c, %s : memref<4xf32>) axes = [2]
  return
}

// -----

func.func @statistics_c4(%x: memref<4x8xbf16>, %n: memref<4xbf16>, %m: memref<4xbf16>, %c: memref<4xbf16>, %s: memref<4xbf16>) {
  // expected-error@+1 {{expected inits of f32 or f64, got 'bf16'}}
  norm.statistics ins(%x : memref<4x8xbf16>) outs(%n, %m, %c, %s : memref<4xbf16>) axes = [1]
  return
}

// -----

func.func @statistics_c4_narrow(%x: memref<4x8xf64>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>, %s: memref<4xf32>) {
  // expected-error@+1 {{expected inits no narrower than 'f64', got 'f32'}}
  norm.statistics ins(%x : memref<4x8xf64>) outs(%n, %m, %c, %s : memref<4xf32>) axes = [1]
  return
}

// -----

func.func @statistics_c5(%x: memref<4xf32>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>) {
  // expected-error@+1 {{expected operand #0 and the output #4 to be different memory}}
  norm.statistics ins(%x : memref<4xf32>) outs(%n, %m, %c, %x : memref<4xf32>) axes = []
  return
}

// -----

func.func @statistics_c5_outputs(%x: memref<4xf32>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>) {
  // expected-error@+1 {{expected outputs that are different memory, but output #3 repeats an earlier one}}
  norm.statistics ins(%x : memref<4xf32>) outs(%n, %m, %c, %m : memref<4xf32>) axes = []
  return
}

// -----

func.func @statistics_c5_results(%x: tensor<4x8xf32>, %n: memref<4xf32>, %m: memref<4xf32>, %c: memref<4xf32>, %s: memref<4xf32>) {
  // expected-error@+1 {{expected operands that are all tensors or all memrefs, got both}}
  norm.statistics ins(%x : tensor<4x8xf32>) outs(%n, %m, %c, %s : memref<4xf32>) axes = [1]
  return
}
