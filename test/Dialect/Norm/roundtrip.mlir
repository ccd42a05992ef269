// RUN: norm-opt %s | norm-opt | FileCheck %s
// RUN: norm-opt %s --mlir-print-op-generic | norm-opt | FileCheck %s

// CHECK-LABEL: func.func @layer_norm
// CHECK-SAME: %[[X:.+]]: tensor<4x768xbf16>, %[[G:.+]]: tensor<768xf32>, %[[B:.+]]: tensor<768xf32>
// CHECK-SAME: %[[Y:.+]]: tensor<4x768xbf16>, %[[M:.+]]: tensor<4xf32>, %[[R:.+]]: tensor<4xf32>
func.func @layer_norm(%x: tensor<4x768xbf16>, %g: tensor<768xf32>, %b: tensor<768xf32>, %y: tensor<4x768xbf16>,
                      %m: tensor<4xf32>, %r: tensor<4xf32>)
    -> (tensor<4x768xbf16>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: norm.layer_norm ins(%[[X]] : tensor<4x768xbf16>)
  // CHECK-SAME: gamma(%[[G]] : tensor<768xf32>) beta(%[[B]] : tensor<768xf32>)
  // CHECK-SAME: outs(%[[Y]] : tensor<4x768xbf16>) mean(%[[M]] : tensor<4xf32>) rstd(%[[R]] : tensor<4xf32>)
  // CHECK-SAME: axes = [1] epsilon = 1.000000e-05
  %0:3 = norm.layer_norm ins(%x : tensor<4x768xbf16>) gamma(%g : tensor<768xf32>) beta(%b : tensor<768xf32>)
      outs(%y : tensor<4x768xbf16>) mean(%m : tensor<4xf32>) rstd(%r : tensor<4xf32>)
      axes = [1] epsilon = 1.000000e-05
  return %0#0, %0#1, %0#2 : tensor<4x768xbf16>, tensor<4xf32>, tensor<4xf32>
}
