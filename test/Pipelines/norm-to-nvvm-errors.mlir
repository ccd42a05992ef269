// What cannot be done is said, with what to do instead.
// DEFINE: %{fails} = not env -u CUDA_ROOT -u CUDA_HOME -u CUDA_PATH norm-opt
// RUN: rm -rf %t && split-file %s %t

// RUN: %{fails} %t/power.mlir --norm-to-nvvm 2>&1 | FileCheck %s --check-prefix=POWER
// RUN: %{fails} %t/power.mlir --norm-to-nvvm=host=0 2>&1 | FileCheck %s --check-prefix=POWER
// POWER: power.mlir:2:8: error: a kernel calls __nv_powf, of CUDA's libdevice, which was not found: it is in nvvm/libdevice of CUDA's toolkit
// RUN: %{fails} %t/fill.mlir --norm-to-nvvm=toolkit=%t/none 2>&1 | FileCheck %s --check-prefix=TOOLKIT
// TOOLKIT: error: the CUDA toolkit {{.*}}none is no folder
// RUN: mkdir %t/empty
// RUN: not env -u CUDA_ROOT -u CUDA_HOME -u CUDA_PATH PATH=%t/empty %norm-tools/norm-opt %t/fill.mlir --norm-to-nvvm=format=bin 2>&1 | FileCheck %s --check-prefix=PTXAS
// PTXAS: error: ptxas is not there, which makes machine code
// RUN: %{fails} %t/fill.mlir --norm-to-nvvm=chip=sm_42 2>&1 | FileCheck %s --check-prefix=CHIP
// CHIP: error: expected the chip to be one of sm_80, sm_86, sm_89, sm_90, sm_100, sm_120, got 'sm_42'
// RUN: %{fails} %t/fill.mlir --norm-to-nvvm=features=+foo 2>&1 | FileCheck %s --check-prefix=FEATURES
// FEATURES: error: expected a version of PTX as the features, such as +ptx80, got '+foo'
// RUN: %{fails} %t/fill.mlir --norm-to-nvvm=opt-level=9 2>&1 | FileCheck %s --check-prefix=LEVEL
// LEVEL: error: expected an optimization level of 0 to 3, got 9
// RUN: %{fails} %t/fill.mlir --norm-to-nvvm=format=obj 2>&1 | FileCheck %s --check-prefix=FORMAT
// FORMAT: Cannot find option named 'obj'
// RUN: %{fails} %t/branch.mlir --norm-to-nvvm 2>&1 | FileCheck %s --check-prefix=BRANCH
// RUN: %{fails} %t/branch.mlir --norm-to-nvvm=host=0 2>&1 | FileCheck %s --check-prefix=BRANCH
// BRANCH: branch.mlir:2:8: error: 'memref.load' op would access memory of the GPU on the host, which has no lowering
// RUN: %{fails} %t/outside.mlir --norm-to-nvvm 2>&1 | FileCheck %s --check-prefix=OUTSIDE
// OUTSIDE: outside.mlir:3:3: error: the called function would get memory of the GPU and no stream: expected a function of this module

//--- power.mlir
func.func @power(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = math.powf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
}
//--- fill.mlir
func.func @double(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = arith.addf %x, %x : tensor<8xf32>
  return %y : tensor<8xf32>
}
//--- branch.mlir
func.func @branch(%x: tensor<f32>) -> f32 {
  %v = tensor.extract %x[] : tensor<f32>
  return %v : f32
}
//--- outside.mlir
func.func private @outside(memref<4xf32>)
func.func @calls(%x: memref<4xf32>) {
  call @outside(%x) : (memref<4xf32>) -> ()
  return
}
