"""Checkpoints: a model and its optimiser in a file."""

from pathlib import Path
from typing import Any, Final

import torch

from ..errors import InputError
from ..files import draft
from .live import LiveModel
from .model import Model

AnyModel = Model | LiveModel

MODELS: Final[dict[str, type[Model] | type[LiveModel]]] = {"best": Model, "live": LiveModel}
"""The model class of each quality."""


def save_checkpoint(path: Path, model: AnyModel, mean: AnyModel, optimiser: torch.optim.Optimizer, step: int) -> None:
    """Write the model, the moving average of its weights, the optimiser and the number of steps done."""
    with draft(path) as target:
        torch.save(
            {
                "quality": model.quality,
                "arguments": model.arguments,
                "model": mean.state_dict(),
                "latest": model.state_dict(),
                "optimiser": optimiser.state_dict(),
                "step": step,
            },
            target,
        )


def load_checkpoint(path: Path, model: AnyModel, mean: AnyModel, optimiser: torch.optim.Optimizer) -> int:
    """Restore the models and the optimiser from `path`; return the number of steps done."""
    stored = _read(path)
    model.load_state_dict(stored["latest"])
    mean.load_state_dict(stored["model"])
    optimiser.load_state_dict(stored["optimiser"])
    return int(stored["step"])


def load_trunk(path: Path, model: AnyModel) -> None:
    """Restore the model from `path`, all but its face head. Raises InputError for another quality."""
    stored = _read(path)
    if stored["quality"] != model.quality:
        raise InputError(f"{path} holds a trunk for --quality {stored['quality']}; name one for {model.quality}")
    face = ("face.", "gain", "offset")
    model.load_state_dict({k: v for k, v in stored["model"].items() if not k.startswith(face)}, strict=False)


def load_model(path: Path) -> AnyModel:
    """Return the model of a checkpoint, in evaluation mode. Raises InputError if there is no such file."""
    stored = _read(path)
    model = MODELS[stored["quality"]](**stored["arguments"])
    model.load_state_dict(stored["model"])
    model.eval()
    return model


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InputError(f"there is no checkpoint {path}; make one with: python -m audio2blend.train fit")
    stored: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return stored
