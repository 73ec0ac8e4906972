"""Words of the rules about single tensors and their numbers."""

from __future__ import annotations

from tutor.explain.notices_words import Words

WORDS = {
    "function-replaced": Words(
        title="A value in place of a function",
        short="`{name}` is a function, to be called: `{name}({value})`. Now there is `{value}` in its place.",
        why=(
            "A name with a dot can be given a value like any other. `=` does not call the function but takes it "
            "away: who calls it from here on gets the error `object is not callable`."
        ),
        fix=(
            "Call it. The function itself comes back in a fresh Python, which Esc x begins; leave this line out "
            "when you run your cells again."
        ),
        code="torch.manual_seed(3)            # not: torch.manual_seed = 3",
        topic="F1",
    ),
    "uint8-wraps": Words(
        title="Bytes that wrap round",
        short="`{code}` left the range of uint8: {true} wrapped round to stay within 0 to 255.",
        why=(
            "uint8 holds whole numbers from 0 to 255. What goes beyond starts again from the other end, in "
            "silence."
        ),
        fix="Turn images into floats before any arithmetic, most often divided by 255.",
        code="x = pixels.float() / 255",
        topic="F3",
    ),
    "legacy-constructor": Words(
        title="torch.Tensor is not torch.tensor",
        short=(
            "`torch.{kind}({size})` makes {size} numbers that nobody has set; `torch.tensor({size})` is the "
            "number."
        ),
        why=(
            "The constructor with a capital letter reads a whole number as a size and leaves the memory as it "
            "finds it. It ignores what you meant the type to be."
        ),
        fix="Use `torch.tensor(...)` for data, and `torch.zeros(...)` or `torch.empty(...)` for a size.",
        code="torch.tensor(3)                 # the number 3\ntorch.zeros(3)                  # three zeros",
        topic="F3",
    ),
    "unused-result": Words(
        title="A result that nobody keeps",
        short="the result of `{code}` is thrown away: `{name}` itself stays as it was.",
        why=(
            "Methods of tensors return a new tensor. Only those that end in an underscore change the one you have."
        ),
        fix="Assign the result.",
        code='x = x.to("cuda")\nx = x.float()',
        topic="T1",
    ),
    "lost-axis": Words(
        title="A mean along the wrong axis",
        short=(
            "`{code}`: the result of `dim={dim}` was matched with columns, because `{name}` `{shape}` is square."
        ),
        why=(
            "A reduction removes its axis. What is left is lined up from the right, so one number for each row is "
            "subtracted from each column. With any other shape this would have been an error."
        ),
        fix="Keep the axis: `keepdim=True`.",
        code="x - x.mean(dim=1, keepdim=True)",
        topic="T4",
    ),
    "log-of-zero": Words(
        title="The logarithm of 0",
        short="`{name}` holds a 0, so `{code}` holds `-inf`; 0 times that is `nan`, and one `nan` spreads to all.",
        why="`log(0)` is minus infinity. Multiplied by 0 or subtracted from itself it becomes `nan`.",
        fix=(
            "Use what is stable: `log_softmax`, `cross_entropy`, `logsumexp`, `torch.xlogy(p, p)`, or "
            "`clamp` first."
        ),
        code="torch.xlogy(p, p)               # 0 where p is 0\np.clamp_min(1e-12).log()",
        topic="C2",
    ),
    "not-finite": Words(
        title="NaN or infinity",
        short="`{name}` holds {kind}: everything computed from it will too.",
        why="The usual sources are 0 / 0, the logarithm or root of 0 or less, and numbers that grew without end.",
        fix="Look at the inputs of the line named; `torch.autograd.detect_anomaly()` names the operation.",
        code="torch.isfinite(x).all()\nwith torch.autograd.detect_anomaly():\n    loss.backward()",
        topic="C2",
    ),
    "gradient-not-finite": Words(
        title="A gradient that is not a number",
        short="the gradient of `{name}` holds {kind} although its value is fine: the next step would spoil it.",
        why=(
            "The slope of a root at 0 is infinite, and infinity times 0 is `nan`. `torch.where` does not help: "
            "both branches get a gradient, also the one that was not chosen."
        ),
        fix="Add a tiny number inside the root, or make the input of the branch that is not chosen safe first.",
        code="d = (x.pow(2).sum() + 1e-12).sqrt()\nsafe = torch.where(x > 0, x, torch.ones_like(x))",
        topic="C2",
    ),
    "squeeze-everything": Words(
        title="squeeze() without an axis",
        short="`{code}` in `{function}` removes every axis of size 1, and so the batch when it has one sample.",
        why="The last batch of an epoch is often short. With one sample in it, the shape suddenly lacks an axis.",
        fix="Name the axis: `squeeze(1)` or `squeeze(-1)`.",
        code="return x.squeeze(1)             # (N, 1) -> (N,), also for N = 1",
        topic="T3",
    ),
    "vector-T": Words(
        title=".T of something that is no matrix",
        short=(
            "`.{op}` of a tensor that has not two axes: of a vector it does nothing, and will be an error one day."
        ),
        why="A vector has one axis, so there is nothing to swap.",
        fix="`v[:, None]` makes a column; `torch.outer(v, v)` a table of products; `x.mT` transposes matrices.",
        code="column = v[:, None]             # (3, 1)\ntable = torch.outer(v, v)       # (3, 3)",
        topic="T3",
    ),
    "read-only-array": Words(
        title="Memory that must not be written",
        short="the tensor shares memory that is read-only: writing to it would do harm nobody can foresee.",
        why=(
            "`from_numpy` and `frombuffer` make no copy, and a tensor cannot be told that its memory is protected."
        ),
        fix="Copy: `torch.tensor(array)`, or `array.copy()` first.",
        code="t = torch.tensor(array)",
        topic="F3",
    ),
    "copy-of-tensor": Words(
        title="torch.tensor of a tensor",
        short="`torch.tensor(...)` was given a tensor: it copies it and cuts it off from its graph.",
        why=(
            "The constructor is for data such as numbers and lists. What it makes knows nothing of where it "
            "came from."
        ),
        fix="Say what you mean: `x.clone()` keeps the graph, `x.detach().clone()` does not.",
        code="y = x.clone()\ny = x.detach().clone()",
        topic="F3",
    ),
}
