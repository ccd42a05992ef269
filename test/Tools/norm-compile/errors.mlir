// Every error is one line, the exit code is 1, and no file is left behind.
// REQUIRES: norm-compile
// DEFINE: %{fails} = %python %S/../norm-run/Inputs/fails.py norm-compile

// RUN: rm -rf %t && split-file %s %t && mkdir %t/out

// The command line.
// RUN: %{fails} | FileCheck %s --check-prefix=NO-INPUT
// NO-INPUT: norm-compile: error: no input: norm-compile FILE.mlir -o OUT
// RUN: %{fails} %t/f.mlir | FileCheck %s --check-prefix=NO-OUTPUT
// NO-OUTPUT: norm-compile: error: no output: give one with -o
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --nothing | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: norm-compile: error: Unknown command line argument '--nothing'.
// RUN: %{fails} %t/f.mlir %t/f.mlir -o %t/out/a.o | FileCheck %s --check-prefix=TWO
// TWO: norm-compile: error: Too many positional arguments specified!
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --emit=exe | FileCheck %s --check-prefix=EMIT
// EMIT: norm-compile: error: for the --emit option: Cannot find option named 'exe'!
// RUN: %{fails} %t/f.mlir -o - | FileCheck %s --check-prefix=STDOUT
// STDOUT: norm-compile: error: only text goes to stdout: --emit=asm, llvm, mlir or ptx
// RUN: %{fails} %t/f.mlir -o %t/out/a.mlir --header=%t/out/a.h | FileCheck %s --check-prefix=HEADER
// HEADER: norm-compile: error: --header needs --emit=obj, shared, asm or llvm
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --header= | FileCheck %s --check-prefix=NO-HEADER
// NO-HEADER: norm-compile: error: --header needs the name of a file
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --prefix=a | FileCheck %s --check-prefix=PREFIX
// PREFIX: norm-compile: error: --prefix needs --header
// RUN: %{fails} %t/f.mlir -o %t/out/a --header=%t/out/a | FileCheck %s --check-prefix=SAME
// SAME: norm-compile: error: -o and --header name the same file
// RUN: %{fails} %t/f.mlir -o %t/out/a.so --mtriple=aarch64-linux-gnu | FileCheck %s --check-prefix=CROSS
// CROSS: norm-compile: error: --emit=shared with --mtriple needs --linker, a C compiler for the target
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --vector-bits=9999 | FileCheck %s --check-prefix=BITS
// BITS: f.mlir: error: norm-schedule: expected vector-bits to be a power of two from 8 to 8192, or 0, got 9999
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --vector-bits=7 | FileCheck %s --check-prefix=ODD-BITS
// ODD-BITS: f.mlir: error: norm-schedule: expected vector-bits to be a power of two from 8 to 8192, or 0, got 7
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --vector-bits=many | FileCheck %s --check-prefix=NUMBER
// NUMBER: norm-compile: error: for the --vector-bits option: 'many' value invalid for uint argument!
// RUN: %{fails} %t/f.mlir -o | FileCheck %s --check-prefix=NO-VALUE
// NO-VALUE: norm-compile: error: for the -o option: requires a value!
// RUN: %{fails} %t/f.mlir -o %t/out/a.o --linker=cc | FileCheck %s --check-prefix=LINKS
// LINKS: norm-compile: error: --linker needs --emit=shared: nothing is linked
// RUN: %{fails} %t/f.mlir -o %t/out/a.so --openmp-library=%t/libomp.so | FileCheck %s --check-prefix=NOT-PARALLEL
// NOT-PARALLEL: norm-compile: error: --openmp-library needs --threads=openmp

// Files.
// RUN: %{fails} %t/none.mlir -o %t/out/a.o | FileCheck %s --check-prefix=UNREADABLE
// UNREADABLE: norm-compile: error: {{.*}}none.mlir: cannot read: No such file
// RUN: %{fails} %t/f.mlir -o %t/none/a.o | FileCheck %s --check-prefix=UNWRITABLE
// RUN: %{fails} %t/f.mlir -o %t/none/a.so | FileCheck %s --check-prefix=UNWRITABLE
// UNWRITABLE: norm-compile: error: {{.*}}/none/a.{{o|so}}: cannot write: No such file or directory
// RUN: %{fails} %t/f.mlir -o %t --emit=obj | FileCheck %s --check-prefix=DIRECTORY
// DIRECTORY: norm-compile: error: {{.*}}: cannot write: Is a directory
// RUN: %{fails} %t/f.mlir -o %t --emit=shared | FileCheck %s --check-prefix=SPECIAL
// SPECIAL: norm-compile: error: {{.*}}: cannot write: it is no regular file
// RUN: %{fails} %t/f.mlir -o %t/out/a.so --linker=no-such-linker | FileCheck %s --check-prefix=NO-LINKER
// NO-LINKER: norm-compile: error: linker no-such-linker: No such file or directory
// RUN: %{fails} %t/f.mlir -o %t/out/a.so --linker=false | FileCheck %s --check-prefix=LINKER
// LINKER: norm-compile: error: {{.*}}false cannot link: exit status 1
// RUN: %{fails} %t/external.mlir -o %t/out/a.so | FileCheck %s --check-prefix=UNDEFINED
// UNDEFINED: norm-compile: error: {{.*}} cannot link: {{.*}}undefined {{.*}}elsewhere
// RUN: %{fails} %t/f.mlir -o %t/out/a.so --threads=openmp --openmp-library=%t/none.so | FileCheck %s --check-prefix=NO-OPENMP
// NO-OPENMP: norm-compile: error: {{.*}} cannot link: {{.*}}none.so

// The module.
// RUN: %{fails} %t/syntax.mlir -o %t/out/a.o | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.mlir:2:3: error: custom op 'retrun' is unknown
// RUN: %{fails} %t/private.mlir -o %t/out/a.o | FileCheck %s --check-prefix=PRIVATE
// PRIVATE: private.mlir: error: there is no public function with a body
// RUN: %{fails} %t/library.mlir -o %t/out/a.o | FileCheck %s --check-prefix=LIBRARY
// LIBRARY: library.mlir:1:1: error: @malloc has the name of a function of the C library or the runtime: rename it
// RUN: %{fails} %t/name.mlir -o %t/out/a.o | FileCheck %s --check-prefix=NAME
// NAME: name.mlir:1:1: error: the name of a public function must be of printable ASCII characters other than @

// What C cannot have. Without a header these compile.
// DEFINE: %{header} = -o %t/out/a.o --header=%t/out/a.h
// RUN: %{fails} %t/strided.mlir %{header} | FileCheck %s --check-prefix=STRIDED
// STRIDED: strided.mlir:2:1: error: the C interface of @f has no place for argument 1 of type 'memref<4x8xf32, strided<[16, 1]>>': its layout is not contiguous, and a plain pointer has no strides
// RUN: norm-compile %t/strided.mlir -o %t/strided.o
// RUN: %{fails} %t/unranked.mlir %{header} | FileCheck %s --check-prefix=UNRANKED
// UNRANKED: unranked.mlir:1:1: error: the C interface of @f has no place for argument 0 of type 'memref<*xf32>': expected scalars, ranked tensors and ranked memrefs
// RUN: norm-compile %t/unranked.mlir -o %t/unranked.o
// RUN: %{fails} %t/complex.mlir %{header} | FileCheck %s --check-prefix=COMPLEX
// COMPLEX: complex.mlir:1:1: error: the C interface of @f has no place for result 0 of type 'complex<f32>': expected elements of f64, f32,
// RUN: %{fails} %t/space.mlir %{header} | FileCheck %s --check-prefix=SPACE
// SPACE: space.mlir:1:1: error: {{.*}}: it has a memory space
// RUN: %{fails} %t/data.mlir %{header} | FileCheck %s --check-prefix=DATA
// DATA: data.mlir:1:1: error: the C interface of @f takes no size of result 0 along dim 0: it does not follow from the sizes of arguments
// RUN: norm-compile %t/data.mlir -o %t/data.o
// RUN: %{fails} %t/recursive.mlir %{header} | FileCheck %s --check-prefix=RECURSIVE
// RECURSIVE: recursive.mlir:1:1: error: @f calls itself: the sizes of its results are not known
// RUN: not norm-compile %t/same.mlir %{header} 2>&1 | FileCheck %s --check-prefix=SAME-NAME
// SAME-NAME: same.mlir:2:1: error: @a_b and @a.b are both a_b in C
// SAME-NAME-NEXT: same.mlir:1:1: note: the other function
// RUN: %{fails} %t/becomes-library.mlir %{header} --prefix=m | FileCheck %s --check-prefix=BECOMES
// BECOMES: becomes-library.mlir:1:1: error: @alloc would have the name of a function of the C library or the runtime, malloc: rename it, or change the prefix
// RUN: norm-compile %t/becomes-library.mlir %{header} && rm %t/out/a.o %t/out/a.h
// RUN: %{fails} %t/clash.mlir %{header} | FileCheck %s --check-prefix=CLASH
// CLASH: norm-compile: error: the module calls a function f_x of others: give a prefix

// A file that was there stays as it was.
// RUN: echo before > %t/out/kept.o
// RUN: %{fails} %t/syntax.mlir -o %t/out/kept.o --header=%t/out/kept.h | FileCheck %s --check-prefix=SYNTAX
// RUN: %{fails} %t/f.mlir -o %t/out/kept.o --emit=shared --linker=false | FileCheck %s --check-prefix=LINKER
// RUN: cat %t/out/kept.o | FileCheck %s --check-prefix=KEPT
// KEPT: before
// RUN: ls -A %t/out | count 1

// A link to a file stays one; what is no file is written to.
// RUN: ln -s %t/out/kept.o %t/link.o
// RUN: norm-compile %t/f.mlir -o %t/link.o --header=- | FileCheck %s --check-prefix=TO-STDOUT
// TO-STDOUT: int f(const float *x);
// RUN: test -L %t/link.o && llvm-readobj --file-headers %t/out/kept.o | FileCheck %s --check-prefix=WRITTEN
// WRITTEN: Type: Relocatable
// RUN: norm-compile %t/f.mlir -o /dev/null && test -c /dev/null

//--- f.mlir
func.func @f(%x: memref<4xf32>) {
  return
}
//--- syntax.mlir
func.func @f(%x: memref<4xf32>) {
  retrun
}
//--- private.mlir
func.func private @f(%x: f32) -> f32
//--- library.mlir
func.func @malloc() {
  return
}
//--- name.mlir
func.func @"f@v1"() {
  return
}
//--- external.mlir
func.func private @elsewhere(f32) -> f32
func.func @f(%x: f32) -> f32 {
  %0 = call @elsewhere(%x) : (f32) -> f32
  return %0 : f32
}
//--- strided.mlir
// The second argument.
func.func @f(%y: memref<4x8xf32>, %x: memref<4x8xf32, strided<[16, 1]>>) {
  return
}
//--- unranked.mlir
func.func @f(%x: memref<*xf32>) {
  return
}
//--- complex.mlir
func.func @f(%x: f32) -> complex<f32> {
  %0 = complex.create %x, %x : complex<f32>
  return %0 : complex<f32>
}
//--- space.mlir
func.func @f(%x: memref<4xf32, 3>) {
  return
}
//--- data.mlir
func.func @f(%x: tensor<1xindex>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.extract %x[%c0] : tensor<1xindex>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
//--- recursive.mlir
func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = call @f(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
//--- same.mlir
func.func @"a.b"() { return }
func.func @a_b() { return }
//--- becomes-library.mlir
func.func @alloc() {
  return
}
//--- clash.mlir
func.func private @f_x(f32) -> f32
func.func @"f.x"(%x: f32) -> f32 {
  %0 = call @f_x(%x) : (f32) -> f32
  return %0 : f32
}
