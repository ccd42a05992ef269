// What norm-run shows beside values.
// REQUIRES: norm-run

// RUN: norm-run --version | FileCheck %s --check-prefix=VERSION
// VERSION: norm-run {{[0-9]+\.[0-9]+\.[0-9]+}} (LLVM {{[0-9.]+}})
// RUN: norm-run --help | FileCheck %s --check-prefix=HELP
// HELP: The outputs are the function's results, then the memref arguments that it may write, in order.
// HELP: --atol=<number>

// Assembly alone does not need arguments; beside another action the function is called too.
// RUN: norm-run %s --entry=scale --dump-asm | FileCheck %s --check-prefix=ASM --implicit-check-not=output
// ASM-LABEL: scale:
// ASM:         ret
// RUN: norm-run %s --entry=scale --shape=0:2x2 --dump-asm --print | FileCheck %s --check-prefix=BOTH
// BOTH: scale:
// BOTH: output 0: 2x2xf32

// RUN: norm-run %s --entry=scale --shape=0:2x2 --print-ir-after-all 2>&1 | FileCheck %s --check-prefix=IR
// IR: IR Dump After
// IR: IR Dump After {{.*}}one-shot-bufferize
// IR: llvm.func @scale

// RUN: norm-run %s --entry=scale --shape=0:16x16 --bench --baseline | FileCheck %s --check-prefix=BENCH
// BENCH:      useful bytes per call: 2048, threads: 1
// BENCH-NEXT: median us{{ +}}best us{{ +}}GB/s{{ +}}% of copy
// BENCH-NEXT: {{^}}scale{{( +[0-9.]+){4}$}}
// BENCH-NEXT: {{^}}scale (upstream){{( +[0-9.]+){4}$}}
// BENCH-NEXT: {{^}}copy{{( +[0-9.]+){4}$}}
// BENCH-NEXT: {{^}}copy, non-temporal{{( +[0-9.]+){4}$}}
// BENCH-NOT:  {{.}}
// RUN: norm-run %s --entry=scale --shape=0:64x64 --bench --threads=2 --rounds=7 | FileCheck %s --check-prefix=THREADS
// THREADS: useful bytes per call: 32768, threads: 2
// THREADS: copy, non-temporal

// Long dims are printed in part.
// RUN: norm-run %s --entry=scale --shape=0:17x1 | FileCheck %s --check-prefix=LONG
// LONG: output 0: 17x1xf32 {{\[\[[-0-9.]+\], \[[-0-9.]+\], \[[-0-9.]+\], …, \[[-0-9.]+\], \[[-0-9.]+\], \[[-0-9.]+\]\]}}

// A tensor argument stays the caller's: what is computed from it does not depend on how often.
// RUN: norm-run %s --entry=scale --shape=0:2x2 --check --bench | FileCheck %s --check-prefix=TWICE
// TWICE: output 0 (in f64): maximum error 0
// TWICE: useful bytes

func.func @scale(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = arith.addf %x, %x : tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

func.func @other() {
  return
}
