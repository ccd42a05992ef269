// A transform script: takes the statistics of each layer norm from four parts
// of a row at the same time, and normalizes tiles of 8 rows by 32 columns.

module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %norm = transform.structured.match ops{["norm.layer_norm"]} in %root : (!transform.any_op) -> !transform.any_op
    %program = transform.norm.generalize %norm : (!transform.any_op) -> !transform.any_op
    transform.norm.split_phases %program : !transform.any_op
    %map = transform.structured.match ops{["norm.generic"]} in %root : (!transform.any_op) -> !transform.any_op
    %statistics = transform.structured.match ops{["norm.statistics"]} in %root : (!transform.any_op) -> !transform.any_op
    %tiled, %loops:2 = transform.structured.tile_using_for %map tile_sizes [8, 32]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    %fill:4, %parts, %merge, %forall = transform.structured.tile_reduction_using_forall %statistics by num_threads = [0, 4]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op, !transform.any_op,
                                  !transform.any_op, !transform.any_op, !transform.any_op)
    transform.yield
  }
}
