// Kernels, the bytes that they and their parts move, and what was left, for machines and for people.
// RUN: norm-opt %s --norm-generalize --norm-fuse="report=%t.json table=%t.txt" -o /dev/null
// RUN: FileCheck %s --check-prefix=JSON --input-file=%t.json
// RUN: FileCheck %s --check-prefix=TABLE --input-file=%t.txt
// RUN: not norm-opt %s --norm-generalize --norm-fuse=report=%t.none/x.json 2>&1 | FileCheck %s --check-prefix=ERROR

// The sum reads two tensors and writes one (3 · 4·8·4 bytes), the norm reads and writes one each; together two are read and one is
// written.
// JSON:      "kernels": [
// JSON:          "operations": [
// JSON-NEXT:       "arith.addf",
// JSON-NEXT:       "norm.generic"
// JSON-NEXT:     ],
// JSON-NEXT:     "function": "add_norm",
// JSON:          "line": [[#@LINE+17]],
// JSON:          "phases": 3,
// JSON-NEXT:     "bytes_before": 640,
// JSON-NEXT:     "bytes_after": 384
// JSON:          "bytes_before": null,
// JSON-NEXT:     "bytes_after": null
// JSON:      "refused": [
// JSON:          "operation": "linalg.transpose",
// JSON-NEXT:     "reason": "its elements lie in another order in memory",

// TABLE:      kernel operations phases bytes before bytes after
// TABLE-NEXT: add_norm:{{[0-9]+}} 2 3 640 384
// TABLE-NEXT: dynamic:{{[0-9]+}} 1 2 dynamic dynamic
// TABLE-NEXT: not fused: dynamic:{{[0-9]+}} linalg.transpose: its elements lie in another order in memory

// ERROR: error: cannot write the report: cannot open output file
func.func @add_norm(%x: tensor<4x8xf32>, %r: tensor<4x8xf32>, %e: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %h = arith.addf %x, %r : tensor<4x8xf32>
  %y = norm.layer_norm ins(%h : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<4x8xf32>
}
func.func @dynamic(%x: tensor<8x?xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %t = linalg.transpose ins(%x : tensor<8x?xf32>) outs(%e : tensor<?x8xf32>) permutation = [1, 0]
  %y = norm.rms_norm ins(%t : tensor<?x8xf32>) outs(%e : tensor<?x8xf32>) axes = [1] epsilon = 1.0e-5
  return %y : tensor<?x8xf32>
}
