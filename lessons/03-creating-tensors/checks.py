"""What the lesson's ordinary checks cannot say: dice are right in many ways, with other numbers in each."""


def is_a_die(mine, reference):
    import torch

    first = mine.dice(3)
    if not isinstance(first, torch.Tensor):
        return f"`dice(3)` gives {type(first).__name__}; a tensor is wanted. Does the function end with `return`?"
    if first.shape != (10,):
        return f"`dice(3)` has the shape {tuple(first.shape)}; ten rolls are `(10,)`."
    if first.is_floating_point() or first.is_complex() or first.dtype == torch.bool:
        return f"`dice(3)` is {str(first.dtype).removeprefix('torch.')}; whole numbers, as `int64`, are wanted."
    rolls = torch.cat([mine.dice(seed) for seed in range(300)])
    if max(int(mine.dice(seed).unique().numel()) for seed in range(5)) == 1:
        return "All ten rolls are the same face; every roll should be drawn."
    low, high = int(rolls.min()), int(rolls.max())
    if (low, high) != (1, 6):
        return f"In 3000 rolls the smallest is {low} and the largest {high}; a die goes from 1 to 6."
    counts = [int((rolls == face).sum()) for face in range(1, 7)]
    if min(counts) < 400:
        return f"In 3000 rolls the faces 1 to 6 come {counts} times; about 500 each are wanted."
    return True


def repeats(mine, reference):
    import torch

    mine.dice(5)
    first, again, third, other = mine.dice(3), mine.dice(3), mine.dice(3), mine.dice(4)
    if torch.equal(again, third) and not torch.equal(first, again):
        return "`dice(3)` depends on what was drawn before it: its seed counts for the next call only."
    if not torch.equal(first, again):
        return "`dice(3)` gives other rolls the second time."
    if torch.equal(first, other):
        return "`dice(3)` and `dice(4)` give the same rolls."
    return True
