"""Every rule that looks at a run when it is over, and how much each notice tells."""

from __future__ import annotations

from tutor.worker.probe.watch import (
    rules_losses,
    rules_models,
    rules_shapes,
    rules_steps,
    rules_tensors,
    rules_values,
)
from tutor.worker.probe.watch.run import Rule

RULES: tuple[Rule, ...] = (
    rules_steps.piled_up_by_hand,
    rules_steps.step_without_gradient,
    rules_steps.cleared_before_step,
    rules_steps.no_step,
    rules_steps.clip_after_step,
    rules_steps.cut_graph,
    rules_steps.keeps_graphs,
    rules_values.function_replaced,
    rules_values.lost_numbers,
    rules_values.probabilities_for_scores,
    rules_losses.kept_losses,
    rules_shapes.met_by_accident,
    rules_shapes.batch_taken_for_time,
    rules_models.hidden_parts,
    rules_models.training_mode,
    rules_tensors.uint8_wraps,
    rules_tensors.legacy_constructor,
    rules_tensors.unused_result,
    rules_tensors.lost_axis,
    rules_tensors.log_of_zero,
    rules_tensors.softmax_over_batch,
    rules_tensors.squeeze_everything,
)

ORDER = (
    "function-replaced",
    *("cut-graph", "old-optimizer", "no-backward", "stale-gradient", "cleared-before-step", "no-step"),
    *("broadcast", "loss-sizes", "softmax-before-loss"),
    *("sigmoid-before-loss", "nll-probabilities", "no-zero-grad", "clip-after-step", "plain-list"),
    *("log-of-zero", "loss-explodes", "not-finite", "gradient-not-finite", "broadcast-compare", "training-mode"),
    *("keeps-graphs", "uint8-wraps", "lost-axis", "softmax-over-batch", "batch-taken-for-time"),
    *("legacy-constructor", "unused-result", "plain-tensor", "squeeze-everything", "vector-T", "softmax-no-dim"),
    *("scheduler-first", "inner-grad", "read-only-array", "rnn-dropout", "kl-mean", "copy-of-tensor"),
)
"""Rules from the most telling to the least."""
