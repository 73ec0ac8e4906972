"""What the course teaches where: the curriculum's lessons by their code."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One lesson of the curriculum."""

    code: str
    title: str
    lessons: tuple[str, ...] = ()
    """Ids of lessons that teach it under another title, the best first."""

    def lesson_among(self, ids: list[str]) -> str | None:
        """Which of the lessons named teaches this; None if none does yet."""
        for wanted in (*self.lessons, slug(self.title)):
            if wanted in ids:
                return wanted
        return None


def slug(title: str) -> str:
    """``Broadcasting`` as the id a lesson of that title has: ``broadcasting``."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


_ALL = (
    Topic("F1", "First light"),
    Topic("F2", "What a tensor is", ("what-a-tensor-is",)),
    Topic("F3", "Making tensors: dtype, randomness, NumPy", ("creating-tensors",)),
    Topic("T1", "Arithmetic and reductions", ("reductions",)),
    Topic("T2", "Indexing, slicing, joining", ("indexing",)),
    Topic("T3", "Reshape, transpose, memory", ("shapes-and-reshaping",)),
    Topic("T4", "Broadcasting"),
    Topic("T5", "Matrix multiplication and einsum", ("matrix-products",)),
    Topic("A1", "Your first gradient", ("gradients-by-hand-and-autograd",)),
    Topic("A2", "The graph behind backward", ("how-autograd-works", "gradients-by-hand-and-autograd")),
    Topic("A3", "Off switches, in-place, and torch.func", ("off-switches",)),
    Topic("R1", "Gradient descent by hand", ("gradient-descent", "gradients-by-hand-and-autograd")),
    Topic("R2", "The five-line loop", ("a-training-loop",)),
    Topic("R3", "Building models with nn.Module", ("modules",)),
    Topic("R4", "Classification: logits, softmax, cross-entropy", ("classification",)),
    Topic("R5", "Train well, evaluate honestly", ("train-well",)),
    Topic("D1", "Dataset and DataLoader", ("datasets-and-loaders",)),
    Topic("D2", "Save, load, share", ("save-and-load",)),
    Topic("P1", "Devices"),
    Topic("P3", "torch.compile", ("compile",)),
    Topic("M2", "Convolutions, and reusing a trained net", ("convolutions",)),
    Topic("M3", "Sequences: embeddings, RNNs, a name generator", ("sequences",)),
    Topic("M4", "Attention and a tiny GPT", ("attention",)),
    Topic("X1", "Distributed basics"),
)

TOPICS = {topic.code: topic for topic in _ALL}
