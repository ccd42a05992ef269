// Each function is named after the operation and the constraint that it breaks,
// as numbered in the description of norm.generic.

// RUN: norm-opt %s -split-input-file -verify-diagnostics

func.func @generic_c1_map_missing(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected an indexing map for each of the 2 operands, got 1}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>], normalized_dims = [1]} ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c1_other_dims(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected indexing map #1 to have 2 dims and no symbols, got affine_map<(d0, d1, d2) -> (d0, d1)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c, k) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c1_symbol(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected indexing map #0 to have 2 dims and no symbols, got affine_map<(d0, d1)[s0] -> (d0, d1)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c)[s] -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c2_no_projected_permutation(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected indexing map #0 to be a projected permutation, got affine_map<(d0, d1) -> (d0, d0 + d1)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, r + c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c2_constant_result(%x: tensor<4x8xf32>, %g: tensor<1x8xf32>) {
  // expected-error@+1 {{expected indexing map #1 to be a projected permutation, got affine_map<(d0, d1) -> (0, d1)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (0, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x, %g : tensor<4x8xf32>, tensor<1x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32, %h: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c2_rank(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected indexing map #0 to have 2 results for 'tensor<4x8xf32>', got affine_map<(d0, d1) -> (d0)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c2_scalar(%s: f32, %x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected indexing map #0 to have 0 results for 'f32', got affine_map<(d0, d1) -> (d0)>}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%s : f32) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c3_uncovered_dim(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected an operand whose indexing map has dim 2}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c, k) -> (r, c)>, affine_map<(r, c, k) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c4_sizes(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>) {
  // expected-error@+1 {{expected size 4 along dim 0 of operand #1, got 8}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<8x4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

// A dynamic size between two static ones hides nothing.
func.func @generic_c4_sizes_around_dynamic(%x: tensor<4xf32>, %y: tensor<?xf32>, %z: tensor<5xf32>) {
  // expected-error@+1 {{expected size 4 along dim 0 of operand #2, got 5}}
  %0 = norm.generic {indexing_maps = [affine_map<(r) -> (r)>, affine_map<(r) -> (r)>, affine_map<(r) -> (r)>], normalized_dims = [0]}
      ins(%x, %y : tensor<4xf32>, tensor<?xf32>) outs(%z : tensor<5xf32>) {
  ^bb0(%e: f32, %f: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c5_dim_too_large(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected increasing normalized_dims below 2, got [2]}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [2]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c5_not_increasing(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected increasing normalized_dims below 2, got [1, 1]}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1, 1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c6_argument_missing(%x: tensor<8xf32>) {
  // expected-error@+1 {{expected a block argument for each of the 1 inputs, got 0}}
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
    %e = arith.constant 1.0 : f32
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c6_argument_type(%x: tensor<8xf32>) {
  // expected-error@+1 {{expected block argument #0 of type 'f32', got 'f64'}}
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f64):
    %f = arith.truncf %e : f64 to f32
    norm.yield %f : f32
  }
  return
}

// -----

func.func @generic_c6_element_type(%x: tensor<8xvector<4xf32>>, %y: tensor<8xf32>) {
  // expected-error@+1 {{expected input #0 of floats, signless integers or index, got 'tensor<8xvector<4xf32>>'}}
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]}
      ins(%x : tensor<8xvector<4xf32>>) outs(%y : tensor<8xf32>) {
  ^bb0(%e: vector<4xf32>):
    %f = arith.constant 1.0 : f32
    norm.yield %f : f32
  }
  return
}

// -----

func.func @generic_c7_region(%x: tensor<8xf32>, %y: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xf32>) {
  ^bb0(%e: f32):
    %true = arith.constant true
    // expected-error@+1 {{'scf.if' op is not allowed in a row program: it has a region}}
    %f = scf.if %true -> f32 {
      scf.yield %e : f32
    } else {
      scf.yield %e : f32
    }
    norm.yield %f : f32
  }
  return
}

// -----

func.func @generic_c7_not_scalar(%x: tensor<8xf32>, %y: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'vector.broadcast' op is not allowed in a row program: its operands and results must be scalars}}
    %f = vector.broadcast %e : f32 to vector<4xf32>
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c7_not_elementwise(%x: tensor<8xf32>, %y: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'gpu.thread_id' op is not allowed in a row program: it is not elementwise-mappable}}
    %f = gpu.thread_id x
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c7_may_trap(%x: tensor<8xi32>, %y: tensor<8xi32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xi32>) outs(%y : tensor<8xi32>) {
  ^bb0(%e: i32):
    // expected-error@+1 {{'arith.divsi' op is not allowed in a row program: it has side effects or may trap}}
    %f = arith.divsi %e, %e : i32
    norm.yield %f : i32
  }
  return
}

// -----

func.func @generic_c8_over_row_dim(%x: tensor<4x8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'norm.reduce' op expected increasing dims among the normalized dims [1], got [0]}}
    %s = norm.reduce <add> %e over [0] : f32
    norm.yield %s : f32
  }
  return
}

// -----

func.func @generic_c8_over_not_increasing(%x: tensor<4x8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [0, 1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'norm.moments' op expected increasing dims among the normalized dims [0, 1], got [1, 0]}}
    %d, %m, %v = norm.moments %e over [1, 0] : f32
    norm.yield %m : f32
  }
  return
}

// -----

func.func @generic_c8_size_over_unknown_dim(%x: tensor<4x8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'norm.size' op expected increasing dims among the normalized dims [1], got [7]}}
    %s = norm.size over [7] : f32
    norm.yield %s : f32
  }
  return
}

// -----

func.func @generic_c9_no_output(%x: tensor<8xf32>) {
  // expected-error@+1 {{expected at least one output}}
  "norm.generic"(%x) <{indexing_maps = [affine_map<(c) -> (c)>], normalized_dims = array<i64: 0>, operandSegmentSizes = array<i32: 1, 0>}> ({
  ^bb0(%e: f32):
    norm.yield
  }) : (tensor<8xf32>) -> ()
  return
}

// -----

func.func @generic_c9_value_missing(%x: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'norm.yield' op expected a value for each of the 1 outputs, got 0}}
    norm.yield
  }
  return
}

// -----

func.func @generic_c9_value_type(%x: tensor<8xf32>, %y: tensor<8xbf16>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : tensor<8xbf16>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{'norm.yield' op expected value #0 of type 'bf16', got 'f32'}}
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c9_no_terminator(%x: tensor<8xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
    // expected-error@+1 {{block with no terminator}}
    %f = arith.addf %e, %e : f32
  }
  return
}

// -----

func.func @generic_c9_other_terminator(%x: tensor<8xf32>) {
  // expected-error@+1 {{expected the block to end with norm.yield, got ub.unreachable}}
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
    ub.unreachable
  }
  return
}

// -----

func.func @generic_c9_empty_block(%x: tensor<8xf32>) {
  // expected-error@+1 {{expects a non-empty block}}
  %0 = norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) {
  ^bb0(%e: f32):
  }
  return
}

// -----

func.func @generic_c10_varies_along_missing_dim(%x: tensor<4x8xf32>, %y: tensor<4xf32>) {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%e: f32):
    %d, %mean, %var = norm.moments %e : f32
    // expected-error@+1 {{'norm.yield' op expected value #0 not to vary along normalized dim 1, which its output's map affine_map<(d0, d1) -> (d0)> lacks}}
    norm.yield %d : f32
  }
  return
}

// -----

func.func @generic_c10_index(%x: tensor<4x8xf32>, %y: tensor<4xindex>) {
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xindex>) {
  ^bb0(%e: f32):
    %i = norm.index 1 : index
    // expected-error@+1 {{'norm.yield' op expected value #0 not to vary along normalized dim 1}}
    norm.yield %i : index
  }
  return
}

// -----

func.func @generic_c11_accumulator_type(%x: tensor<4x8xbf16>, %y: tensor<8xbf16>) {
  // expected-error@+1 {{expected output #0, which accumulates over rows, to be f32 or f64, got 'bf16'}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>], normalized_dims = [1]}
      ins(%x : tensor<4x8xbf16>) outs(%y : tensor<8xbf16>) {
  ^bb0(%e: bf16):
    norm.yield %e : bf16
  }
  return
}

// -----

func.func @generic_c12_mixed_operands(%x: tensor<8xf32>, %y: memref<8xf32>) {
  // expected-error@+1 {{expected operands that are all tensors or all memrefs, got both}}
  norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c12_result_missing(%x: tensor<8xf32>) {
  // expected-error@+1 {{expected results of the tensor inits' types ('tensor<8xf32>'), got ()}}
  "norm.generic"(%x, %x) <{indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = array<i64: 0>, operandSegmentSizes = array<i32: 1, 1>}> ({
  ^bb0(%e: f32):
    norm.yield %e : f32
  }) : (tensor<8xf32>, tensor<8xf32>) -> ()
  return
}

// -----

func.func @generic_c12_scalar_output(%x: tensor<8xf32>, %y: f32) {
  // expected-error@+1 {{operand #1 must be variadic of ranked tensor of any type values or strided memref of any type values, but got 'f32'}}
  norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> ()>], normalized_dims = [0]} ins(%x : tensor<8xf32>) outs(%y : f32) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13_lane_dim(%x: tensor<4x8xf32>) {
  // expected-error@+1 {{expected the schedule's lane_dim to be a normalized dim, or a row dim that all outputs have where reductions combine whole rows, got 2}}
  %0 = norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1],
                     schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 16>} ins(%x : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13_accumulator_lacks_lanes(%x: tensor<4x8xf32>, %y: tensor<4xf32>) {
  // expected-error@+1 {{expected the schedule's lane_dim to be a normalized dim, or a row dim that all outputs have where reductions combine whole rows, got 1}}
  %0 = norm.generic {indexing_maps = [affine_map<(c, r) -> (c, r)>, affine_map<(c, r) -> (c)>], normalized_dims = [0],
                     schedule = #norm.cpu_schedule<lane_dim = 1, vector_size = 16>} ins(%x : tensor<4x8xf32>) outs(%y : tensor<4xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c13_kept_dims(%x: tensor<4x2x8xf32>) {
  // expected-error@+1 {{expected the schedule's lane_dim to be a normalized dim, or a row dim that all outputs have where reductions combine whole rows, got 2}}
  %0 = norm.generic {indexing_maps = [affine_map<(c, d, r) -> (c, d, r)>, affine_map<(c, d, r) -> (c, d, r)>], normalized_dims = [0, 1],
                     schedule = #norm.cpu_schedule<lane_dim = 2, vector_size = 8>} ins(%x : tensor<4x2x8xf32>) outs(%x : tensor<4x2x8xf32>) {
  ^bb0(%e: f32):
    %s = norm.reduce <add> %e over [0] : f32
    norm.yield %s : f32
  }
  return
}

// -----

func.func @generic_c14_two_outputs_in_one_memory(%x: memref<8xf32>, %y: memref<8xf32>) {
  // expected-error@+1 {{expected outputs that are different memory, but output #1 repeats an earlier one}}
  norm.generic {indexing_maps = [affine_map<(c) -> (c)>, affine_map<(c) -> (c)>, affine_map<(c) -> (c)>], normalized_dims = [0]}
      ins(%x : memref<8xf32>) outs(%y, %y : memref<8xf32>, memref<8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e, %e : f32, f32
  }
  return
}

// -----

func.func @generic_c14_other_positions(%x: memref<8x8xf32>) {
  // expected-error@+1 {{expected operand #0 and the output #1 to be different memory, for their indexing maps differ}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (c, r)>, affine_map<(r, c) -> (r, c)>], normalized_dims = [1]}
      ins(%x : memref<8x8xf32>) outs(%x : memref<8x8xf32>) {
  ^bb0(%e: f32):
    norm.yield %e : f32
  }
  return
}

// -----

func.func @generic_c14_accumulator(%x: memref<4x8xf32>, %y: memref<8xf32>) {
  // expected-error@+1 {{expected operand #1 and the output #2 to be different memory, for the output accumulates over rows}}
  norm.generic {indexing_maps = [affine_map<(r, c) -> (r, c)>, affine_map<(r, c) -> (c)>, affine_map<(r, c) -> (c)>], normalized_dims = [1]}
      ins(%x, %y : memref<4x8xf32>, memref<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%e: f32, %f: f32):
    %p = arith.mulf %e, %f : f32
    norm.yield %p : f32
  }
  return
}
