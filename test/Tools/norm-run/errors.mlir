// Every error is one line, and the exit code is 1.
// REQUIRES: norm-run
// DEFINE: %{fails} = %python %S/Inputs/fails.py norm-run

// RUN: rm -rf %t && split-file %s %t

// The command line.
// RUN: %{fails} | FileCheck %s --check-prefix=NO-INPUT
// NO-INPUT: norm-run: error: Not enough positional command line arguments specified!
// RUN: %{fails} %t/static.mlir --nothing | FileCheck %s --check-prefix=NOTHING
// NOTHING: norm-run: error: Unknown command line argument '--nothing'.
// RUN: %{fails} %t/static.mlir --lowering=none | FileCheck %s --check-prefix=KIND
// KIND: norm-run: error: for the --lowering option: Cannot find option named 'none'!

// The module and its entry point.
// RUN: %{fails} %t/none.mlir | FileCheck %s --check-prefix=UNREADABLE
// UNREADABLE: norm-run: error: {{.*}}none.mlir: cannot read: No such file
// RUN: %{fails} %t | FileCheck %s --check-prefix=DIRECTORY
// DIRECTORY: norm-run: error: {{.*}}: cannot read: Is a directory
// RUN: %{fails} %t/syntax.mlir | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.mlir:2:3: error: custom op 'retrun' is unknown
// RUN: %{fails} %t/unknown.mlir | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: unknown.mlir:2:12: error: operation being parsed with an unregistered dialect
// RUN: %{fails} %t/static.mlir --entry=g | FileCheck %s --check-prefix=ENTRY
// ENTRY: norm-run: error: there is no function @g
// RUN: %{fails} %t/two.mlir | FileCheck %s --check-prefix=TWO
// TWO: norm-run: error: there are 2 public functions and none is @main: name one
// RUN: %{fails} %t/nobody.mlir --entry=ext | FileCheck %s --check-prefix=NOBODY
// NOBODY: norm-run: error: function @ext has no body
// RUN: %{fails} %t/private.mlir | FileCheck %s --check-prefix=PRIVATE
// PRIVATE: norm-run: error: there is no public function to call
// RUN: %{fails} %t/nobody.mlir --entry=f | FileCheck %s --check-prefix=SYMBOL
// SYMBOL: norm-run: error: cannot load the code: {{.*}}Symbols not found: [ ext ]
// RUN: %{fails} %t/lowering.mlir | FileCheck %s --check-prefix=LOWERING
// LOWERING: lowering.mlir:2:3: error:

// Types.
// RUN: %{fails} %t/types.mlir --entry=complex | FileCheck %s --check-prefix=COMPLEX
// COMPLEX: norm-run: error: argument 0: type tensor<2xcomplex<f32>> is not supported: elements are f64,
// RUN: %{fails} %t/types.mlir --entry=signed | FileCheck %s --check-prefix=SIGNED
// SIGNED: norm-run: error: argument 0: type si8 is not supported: elements are f64,
// RUN: %{fails} %t/types.mlir --entry=vector | FileCheck %s --check-prefix=VECTOR
// VECTOR: norm-run: error: argument 1: type vector<4xf32> is not supported: scalars, ranked tensors and ranked memrefs are
// RUN: %{fails} %t/types.mlir --entry=unranked | FileCheck %s --check-prefix=UNRANKED
// UNRANKED: norm-run: error: argument 0: type tensor<*xf32> is not supported: scalars,
// RUN: %{fails} %t/types.mlir --entry=space | FileCheck %s --check-prefix=SPACE
// SPACE: norm-run: error: argument 0: type memref<4xf32, 1> is not supported: it has a memory space
// RUN: %{fails} %t/types.mlir --entry=layout | FileCheck %s --check-prefix=LAYOUT
// LAYOUT: norm-run: error: argument 0: type memref<4xf32, {{.*}}> is not supported: its layout is not strided
// RUN: %{fails} %t/types.mlir --entry=overlap | FileCheck %s --check-prefix=OVERLAP
// OVERLAP: norm-run: error: argument 0: elements overlap in memory
// RUN: %{fails} %t/types.mlir --entry=negative | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: norm-run: error: argument 0: type {{.*}} is not supported: it has a negative stride
// RUN: %{fails} %t/types.mlir --entry=encoding | FileCheck %s --check-prefix=ENCODING
// ENCODING: norm-run: error: argument 0: type {{.*}} is not supported: it has an encoding
// RUN: %{fails} %t/types.mlir --entry=result | FileCheck %s --check-prefix=RESULT
// RESULT: norm-run: error: result 0: type vector<4xf32> is not supported

// Files of arguments.
// RUN: %python %S/Inputs/npy.py %t/f4.npy '<f4' '(2,3)' 1 2 3
// RUN: %python %S/Inputs/npy.py %t/f8.npy '<f8' '(2,3)'
// RUN: %python %S/Inputs/npy.py %t/i4.npy '<i4' '(2,3)'
// RUN: %python %S/Inputs/npy.py %t/shape.npy '<f4' '(3,2)'
// RUN: %python %S/Inputs/npy.py %t/rank.npy '<f4' '(6,)'
// RUN: %python %S/Inputs/npy.py %t/short.npy '<f4' '(2,3)' --truncate=1
// RUN: %{fails} %t/static.mlir --input=%t/f4.npy --input=%t/f4.npy | FileCheck %s --check-prefix=INPUTS
// INPUTS: norm-run: error: 2 inputs where the function takes 1 argument
// RUN: %{fails} %t/static.mlir --input=%t/none.npy | FileCheck %s --check-prefix=NOINPUT
// NOINPUT: norm-run: error: argument 0: {{.*}}none.npy: cannot read: No such file
// RUN: %{fails} %t/static.mlir --input=%t/static.mlir | FileCheck %s --check-prefix=NOTNPY
// NOTNPY: norm-run: error: argument 0: {{.*}}static.mlir: not a .npy file
// RUN: %{fails} %t/static.mlir --input=%t/short.npy | FileCheck %s --check-prefix=SHORT
// SHORT: norm-run: error: argument 0: {{.*}}short.npy: truncated: 23 bytes of data where 24 are expected
// RUN: %{fails} %t/static.mlir --input=%t/shape.npy | FileCheck %s --check-prefix=SHAPE
// SHAPE: norm-run: error: argument 0: {{.*}}shape.npy holds 3x2xf32 where 2x3xf32 is expected: shapes differ
// RUN: %{fails} %t/dynamic.mlir --input=%t/rank.npy | FileCheck %s --check-prefix=RANK
// RANK: norm-run: error: argument 0: {{.*}}rank.npy holds 6xf32 where ?x?xf32 is expected: shapes differ
// RUN: %{fails} %t/static.mlir --input=%t/f8.npy | FileCheck %s --check-prefix=F8
// F8: norm-run: error: argument 0: {{.*}}f8.npy holds 2x3xf64 where 2x3xf32 is expected: element types differ
// RUN: %{fails} %t/static.mlir --input=%t/i4.npy | FileCheck %s --check-prefix=I4
// I4: norm-run: error: argument 0: {{.*}}i4.npy holds 2x3xi32 where 2x3xf32 is expected: element types differ

// Sizes of seeded arguments.
// RUN: %{fails} %t/dynamic.mlir | FileCheck %s --check-prefix=DYNAMIC
// DYNAMIC: norm-run: error: argument 0: ?x?xf32 has dynamic sizes: give it a file by --input, or sizes by --shape=0:
// RUN: %{fails} %t/dynamic.mlir --shape=2x3 | FileCheck %s --check-prefix=MALFORMED
// MALFORMED: norm-run: error: --shape=2x3: INDEX:SIZExSIZE
// RUN: %{fails} %t/dynamic.mlir --shape=0:2xy | FileCheck %s --check-prefix=NOSIZE
// NOSIZE: norm-run: error: --shape=0:2xy: 'y' is not a size
// RUN: %{fails} %t/dynamic.mlir --shape=1:2x3 | FileCheck %s --check-prefix=NOARGUMENT
// NOARGUMENT: norm-run: error: --shape=1:2x3: the function takes 1 argument
// RUN: %{fails} %t/dynamic.mlir --shape=0:2 | FileCheck %s --check-prefix=SHAPERANK
// SHAPERANK: norm-run: error: --shape=0:2: argument 0 is ?x?xf32
// RUN: %{fails} %t/dynamic.mlir --shape=0:2x3 --shape=0:2x3 | FileCheck %s --check-prefix=TWICE
// TWICE: norm-run: error: --shape=0:2x3: argument 0 has a shape already
// RUN: %{fails} %t/dynamic.mlir --shape=0:2x3 --input=%t/f4.npy | FileCheck %s --check-prefix=BESIDE
// BESIDE: norm-run: error: argument 0: --shape beside a file
// RUN: %{fails} %t/dynamic.mlir --shape=0:9999999999x9999999999 | FileCheck %s --check-prefix=HUGE
// HUGE: norm-run: error: argument 0: the sizes of 9999999999x9999999999xf32 overflow
// RUN: %{fails} %t/sum.mlir --shape=0:2 --shape=1:3 | FileCheck %s --check-prefix=ASSERT
// ASSERT: norm-run: error: an assertion of the program failed: {{.*}}sum.mlir:2:8: linalg.generic: dim 0 of operand 0 and dim 0 of operand 1 have different sizes
// RUN: %{fails} %t/groups.mlir --shape=0:2x7x5 | FileCheck %s --check-prefix=GROUPS
// GROUPS: norm-run: error: an assertion of the program failed: {{.*}}groups.mlir:2:8: tensor.expand_shape: dim 1 does not split into dims of these sizes

// Outputs.
// RUN: %{fails} %t/static.mlir --output=%t/a.npy --output=%t/b.npy | FileCheck %s --check-prefix=OUTPUTS
// OUTPUTS: norm-run: error: 2 --output where the function has 1 output
// RUN: %{fails} %t/static.mlir --output=%t/none/a.npy | FileCheck %s --check-prefix=UNWRITABLE
// UNWRITABLE: norm-run: error: {{.*}}a.npy: cannot write: No such file
// RUN: %{fails} %t/static.mlir --expect=%t/a.npy --expect=%t/b.npy | FileCheck %s --check-prefix=EXPECTS
// EXPECTS: norm-run: error: 2 --expect where the function has 1 output
// RUN: %{fails} %t/static.mlir --expect=%t/none.npy | FileCheck %s --check-prefix=NOEXPECT
// NOEXPECT: norm-run: error: {{.*}}none.npy: cannot read: No such file
// RUN: %{fails} %t/static.mlir --expect=%t/shape.npy | FileCheck %s --check-prefix=EXPECTSHAPE
// EXPECTSHAPE: norm-run: error: {{.*}}shape.npy holds 3x2xf32 where output 0 is 2x3xf32
// RUN: %{fails} %t/static.mlir --expect=%t/i4.npy | FileCheck %s --check-prefix=EXPECTTYPE
// EXPECTTYPE: norm-run: error: {{.*}}i4.npy holds 2x3xi32 where output 0 is 2x3xf32

// Options.
// RUN: %{fails} %t/static.mlir --threads=0 | FileCheck %s --check-prefix=THREADS
// THREADS: norm-run: error: --threads must be at least 1
// RUN: %{fails} %t/static.mlir --threads=2 --openmp-library=%t/none.so | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: norm-run: error: {{.*}}none.so: cannot open shared object file
// RUN: %{fails} %t/static.mlir --bench --rounds=6 | FileCheck %s --check-prefix=ROUNDS
// ROUNDS: norm-run: error: --rounds must be at least 7
// RUN: %{fails} %t/static.mlir --rtol=-1 | FileCheck %s --check-prefix=TOLERANCE
// TOLERANCE: norm-run: error: tolerances must not be negative
// RUN: %{fails} %t/static.mlir --baseline | FileCheck %s --check-prefix=BASELINE
// BASELINE: norm-run: error: --baseline needs --bench
// RUN: %{fails} %t/rounding.mlir --check | FileCheck %s --check-prefix=ROUNDING
// ROUNDING: rounding.mlir:4:8: error: cannot be computed in f64: values depend on rounding to integers

//--- syntax.mlir
func.func @f() {
  retrun
}
//--- unknown.mlir
func.func @f() {
  "foo.bar"() : () -> ()
  return
}
//--- static.mlir
func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}
//--- dynamic.mlir
func.func @f(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  return %x : tensor<?x?xf32>
}
//--- two.mlir
func.func @f() {
  return
}
func.func @g() {
  return
}
//--- private.mlir
func.func private @f() {
  return
}
//--- nobody.mlir
func.func private @ext(f32) -> f32
func.func @f(%x: f32) -> f32 {
  %0 = func.call @ext(%x) : (f32) -> f32
  return %0 : f32
}
//--- lowering.mlir
func.func @f() {
  gpu.barrier
  return
}
//--- types.mlir
#half = affine_map<(i) -> (i floordiv 2)>
func.func @complex(%x: tensor<2xcomplex<f32>>) {
  return
}
func.func @signed(%x: si8) {
  return
}
func.func @vector(%x: f32, %y: vector<4xf32>) {
  return
}
func.func @unranked(%x: tensor<*xf32>) {
  return
}
func.func @space(%x: memref<4xf32, 1>) {
  return
}
func.func @layout(%x: memref<4xf32, #half>) {
  return
}
func.func @overlap(%x: memref<4x4xf32, strided<[2, 1]>>) {
  return
}
func.func @negative(%x: memref<4xf32, strided<[-1], offset: 3>>) {
  return
}
func.func @encoding(%x: tensor<4xf32, "e">) {
  return
}
func.func @result(%x: f32) -> vector<4xf32> {
  %0 = vector.broadcast %x : f32 to vector<4xf32>
  return %0 : vector<4xf32>
}
//--- sum.mlir
func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = arith.addf %x, %y : tensor<?xf32>
  return %0 : tensor<?xf32>
}
//--- groups.mlir
func.func @f(%x: tensor<2x?x5xf32>) -> tensor<2x?x5xf32> {
  %0 = norm.group_norm ins(%x : tensor<2x?x5xf32>) outs(%x : tensor<2x?x5xf32>) axes = [2] channel_axis = 1 groups = 3 epsilon = 1.0e-5
  return %0 : tensor<2x?x5xf32>
}
//--- rounding.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<4xi8> {
  %scale = arith.constant dense<8.0> : tensor<4xf32>
  %0 = arith.mulf %x, %scale : tensor<4xf32>
  %1 = arith.fptosi %0 : tensor<4xf32> to tensor<4xi8>
  return %1 : tensor<4xi8>
}
