// RUN: norm-opt %s --norm-raise=report-misses -o /dev/null 2>&1 | FileCheck %s --check-prefix=MISS --implicit-check-not=remark:
// RUN: norm-opt %s --norm-raise=report=%t.json -o /dev/null
// RUN: %python -m json.tool %t.json | FileCheck %s --check-prefix=JSON
// RUN: norm-opt %s --norm-raise --remarks-filter=norm-raise -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: norm-opt %s --norm-raise --remarks-filter-missed=norm-raise -o /dev/null 2>&1 | FileCheck %s --check-prefix=MISSED
// RUN: norm-opt %s --norm-raise -o /dev/null 2>&1 | FileCheck %s --check-prefix=SILENT --allow-empty
// RUN: not norm-opt %s --norm-raise=report=%t.none/report.json -o %t.none.mlir 2>&1 | FileCheck %s --check-prefix=UNWRITTEN

// What norm-raise says about what it found and what it did not.

// UNWRITTEN: error: cannot write the report: cannot open output file '{{.*}}.none/report.json': No such file or directory

// SILENT-NOT: {{.}}

// Each hit with its tier and where it was; each miss with the first condition that
// failed.

// JSON:      "hits": [
// JSON-NEXT:     {
// JSON-NEXT:         "operation": "norm.rms_norm",
// JSON-NEXT:         "tier": "exact",
// JSON-NEXT:         "function": "raised",
// JSON-NEXT:         "file": "{{.*}}raise-report.mlir",
// JSON-NEXT:         "line": {{[0-9]+}},
// JSON-NEXT:         "column": {{[0-9]+}},
// JSON-NEXT:         "location": "{{.*}}raise-report.mlir{{.*}}"
// JSON-NEXT:     }
// JSON-NEXT: ],
// JSON-NEXT: "misses": [
// JSON:          "operation": "math.rsqrt",
// JSON-NEXT:     "reason": "the sum is scaled by 7.000000e+00 : f32, not by the number of its elements (8)",
// JSON-NEXT:     "function": "wrong_count",
// JSON-NEXT:     "file": "{{.*}}raise-report.mlir",
// JSON-NEXT:     "line": [[#LINE:]],
// JSON-NEXT:     "column": [[#COLUMN:]],
// JSON-NEXT:     "location": "loc(\"{{.*}}raise-report.mlir\":[[#LINE]]:[[#COLUMN]])"
// JSON:          "operation": "math.powf",
// JSON-NEXT:     "reason": "the exponent is neither 1/2 nor \u22121/2",
// JSON-NEXT:     "function": "wrong_exponent",
// JSON:          "operation": "linalg.generic",
// JSON-NEXT:     "reason": "no root is taken of this sum of squares",
// JSON-NEXT:     "function": "no_root",
// JSON-NOT:      "operation"

// REMARK:      raise-report.mlir:[[#]]:[[#]]: remark: [Passed] NormRaised | Category:norm-raise | Function=raised | Remark=norm.rms_norm, Tier=exact
// REMARK:      raise-report.mlir:[[#]]:[[#]]: remark: [Missed] NormNotRaised | Category:norm-raise | Function=wrong_count | Reason="the sum is scaled by 7.000000e+00 : f32, not by the number of its elements (8)", Remark=math.rsqrt
// REMARK:      Function=wrong_exponent

// MISSED-NOT:  Passed
// MISSED:      Function=wrong_count
// MISSED-NOT:  Passed

#all = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>

func.func @raised(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A root over a sum that is divided by something else than its count. The remark
// stands at the root.

func.func @wrong_count(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<7.0> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
// MISS: raise-report.mlir:[[#@LINE+1]]:8: remark: not raised: the sum is scaled by 7.000000e+00 : f32, not by the number of its elements (8)
  %r = math.rsqrt %q : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// A power that is no root.

func.func @wrong_exponent(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %n = arith.constant dense<8.0> : tensor<4xf32>
  %third = arith.constant dense<-0.333333343> : tensor<4xf32>
  %row_empty = tensor.empty() : tensor<4xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%row_empty : tensor<4xf32>) -> tensor<4xf32>
  %xx = arith.mulf %x, %x : tensor<4x8xf32>
  %s = linalg.reduce { arith.addf } ins(%xx : tensor<4x8xf32>) outs(%zeros : tensor<4xf32>) dimensions = [1]
  %q = arith.divf %s, %n : tensor<4xf32>
// MISS: raise-report.mlir:[[#@LINE+1]]:8: remark: not raised: the exponent is neither 1/2 nor −1/2
  %r = math.powf %q, %third : tensor<4xf32>
  %rb = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %y = arith.mulf %x, %rb : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Squares are summed, but no root follows. A sum of x itself is nothing to remark
// on, nor are roots and powers of what is no sum.

func.func @no_root(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %third = arith.constant dense<-0.333333343> : tensor<4x8xf32>
  %empty = tensor.empty() : tensor<4x8xf32>
// MISS: raise-report.mlir:[[#@LINE+1]]:9: remark: not raised: no root is taken of this sum of squares
  %ss = linalg.generic {indexing_maps = [#all, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %xx = arith.mulf %in, %in : f32
    %0 = arith.addf %out, %xx : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
  %t = arith.mulf %s, %ss : tensor<4xf32>
  %tb = linalg.broadcast ins(%t : tensor<4xf32>) outs(%empty : tensor<4x8xf32>) dimensions = [1]
  %r = math.rsqrt %x : tensor<4x8xf32>
  %y = arith.mulf %r, %tb : tensor<4x8xf32>
  %z = math.powf %x, %third : tensor<4x8xf32>
  return %y, %z : tensor<4x8xf32>, tensor<4x8xf32>
}
