"""Models whose figures torchinfo 1.8.0 gave. ``python -m tests.worker.probe.zoo`` asks it again, where it is.

Its figures are in ``torchinfo.json``: for each model the totals, and for each layer it listed its class, the
shapes of its output, its parameters and its kernel.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

FIGURES = Path(__file__).with_name("torchinfo.json")


class Block(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.act = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, groups=2)

    def forward(self, x: Any) -> Any:
        return self.act(x + self.conv2(self.act(self.bn1(self.conv1(x)))))


class Residual(nn.Module):  # type: ignore[misc]
    """Nested blocks, one of them used twice under two names, and a part that is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 5, stride=2, padding=2)
        self.body = nn.Sequential(Block(8), Block(8))
        self.again = self.body[0]
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 10)
        for parameter in self.stem.parameters():
            parameter.requires_grad_(False)

    def forward(self, x: Any) -> Any:
        return self.head(self.pool(self.again(self.body(self.stem(x)))).flatten(1))


class Scaled(nn.Module):  # type: ignore[misc]
    """A parameter of its own beside a layer, and a layer that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(6, 4))
        self.fc = nn.Linear(4, 2)
        self.unused = nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        return self.fc(x @ self.scale)


class Recurrent(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(50, 8)
        self.lstm = nn.LSTM(8, 16, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(32, 3)

    def forward(self, tokens: Any) -> Any:
        states, _ = self.lstm(self.embed(tokens))
        return self.head(states[:, -1])


class Upscale(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv1d(2, 4, 3, stride=2)
        self.up = nn.ConvTranspose1d(4, 2, 4, stride=2)

    def forward(self, x: Any) -> Any:
        return self.up(self.down(x))


MODELS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "mlp": (
        lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 3)),
        lambda: torch.zeros(5, 4),
    ),
    "cnn": (
        lambda: nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(864, 10)
        ),
        lambda: torch.zeros(2, 1, 28, 28),
    ),
    "lstm": (Recurrent, lambda: torch.zeros(3, 7, dtype=torch.long)),
    "transformer": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2),
        lambda: torch.zeros(2, 5, 16),
    ),
    "residual": (Residual, lambda: torch.zeros(2, 3, 32, 32)),
    "scaled": (Scaled, lambda: torch.zeros(7, 6)),
    "upscale": (Upscale, lambda: torch.zeros(2, 2, 21)),
}


def asked() -> dict[str, Any]:
    """What torchinfo says of each."""
    from torchinfo import summary  # type: ignore[import-not-found,unused-ignore]

    figures = {}
    for name, (make, batch) in MODELS.items():
        found = summary(make(), input_data=batch(), verbose=0, mode="train", col_names=("output_size",))
        figures[name] = {
            "parameters": found.total_params,
            "trainable": found.trainable_params,
            "parameter_bytes": found.total_param_bytes,
            "input_bytes": found.total_input,
            "output_bytes": found.total_output_bytes,
            "mult_adds": int(found.total_mult_adds),
            "layers": [
                {
                    "name": layer.var_name,
                    "type": layer.class_name,
                    "depth": layer.depth,
                    "output": list(layer.output_size),
                    "input": list(layer.input_size),
                    "parameters": layer.num_params,
                    "trainable": layer.trainable,
                    "kernel": layer.kernel_size,
                    "mult_adds": int(layer.macs),
                    "leaf": layer.is_leaf_layer,
                    "again": layer.is_recursive,
                    "called": layer.executed,
                }
                for layer in found.summary_list
            ],
        }
    return figures


if __name__ == "__main__":
    FIGURES.write_text(json.dumps(asked(), indent=1) + "\n")
