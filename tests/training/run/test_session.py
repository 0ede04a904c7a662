"""A training of a tiny model: Ctrl-C, resuming to the same weights, progress, plans, and a whole folder or none."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed

from xqg.errors import XqgError
from xqg.training.run.options import CostEstimate, Interrupted, RunOptions
from xqg.training.run.session import Session, precision, session

CPU = RunOptions(device="cpu")


@dataclasses.dataclass(frozen=True)
class Recipe:
    METHOD: ClassVar[str] = "try"

    batch_size: int = 2
    learning_rate: float = 0.1
    warmup: float = 0.1
    weight_decay: float = 0.01
    dtype: str = "float32"
    save_every: int = 100
    report_to: str = "none"
    seed: int = 0


class Model(torch.nn.Module):
    """Four numbers to one, with half of them dropped."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": (self.layer(torch.nn.functional.dropout(x, 0.5, self.training)) - 1).square().mean()}


class Rows:
    def __len__(self) -> int:
        return 10

    def __getitem__(self, number: int) -> dict[str, list[float]]:
        return {"x": [float(number), 1.0, 2.0, -1.0]}


def _rows(rows: list[dict[str, list[float]]]) -> dict[str, torch.Tensor]:
    return {"x": torch.tensor([row["x"] for row in rows]) / 10}


class At(TrainerCallback):
    """Does something in the middle of a step."""

    def __init__(self, step: int, act: Any) -> None:
        self.step, self.act = step, act

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if state.global_step == self.step - 1:
            self.act()


def _interrupt(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def fit(run: Session, *callbacks: TrainerCallback, epochs: int = 3) -> int:
    """15 steps, 5 an epoch; the weights into the model's folder."""
    set_seed(run.recipe.seed)
    model = Model()
    arguments = TrainingArguments(**run.arguments(num_train_epochs=epochs))
    trainer = Trainer(
        model=model, args=arguments, train_dataset=Rows(), data_collator=_rows, callbacks=list(callbacks)  # type: ignore[arg-type]
    )
    steps = run.fit(trainer)
    torch.save(model.state_dict(), run.folder / "weights")
    (run.folder / "config.json").write_text("{}")
    return steps


def _fail(folder: Path) -> None:
    (folder / "config.json").write_text("new")
    raise XqgError("no")


def weights(out: Path) -> dict[str, Any]:
    return {name: tensor.tolist() for name, tensor in torch.load(out / "weights", weights_only=True).items()}


def test_a_training_from_start_to_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "model"
    with session(Recipe(), out, CPU, "data") as run:
        assert fit(run) == 15
        assert not out.exists()
        assert run.last_loss == pytest.approx(run.history[-2]["loss"], abs=1e-4)
        assert 0 <= run.minutes < 1
    assert sorted(path.name for path in out.iterdir()) == ["config.json", "weights"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0].startswith("step 10 of 15, loss ")
    assert lines[-1].startswith("step 15 of 15, loss ")  # the last step, though only every tenth is logged
    assert lines[-1].endswith(" examples/s, 0 s left")


@pytest.mark.parametrize("step", [3, 5, 7])  # in an epoch, at its end, in the next one
def test_resumed_exactly(tmp_path: Path, step: int) -> None:
    with session(Recipe(), tmp_path / "whole", CPU, "data") as run:
        fit(run)
    out = tmp_path / "model"
    with (
        pytest.raises(Interrupted, match=rf"interrupted at step {step}; go on with `resume` .*model.checkpoints\)"),
        session(Recipe(), out, CPU, "data") as run,
    ):
        fit(run, At(step, _interrupt))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.checkpoints", "whole"]
    with session(Recipe(), out, dataclasses.replace(CPU, resume=True), "data") as run:
        assert fit(run) == 15
    assert weights(out) == weights(tmp_path / "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "whole"]
    with session(Recipe(seed=1), tmp_path / "other", CPU, "data") as run:
        fit(run)
    assert weights(tmp_path / "other") != weights(out)


def test_resumed_from_a_checkpoint_after_a_kill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written at the end of a killed process: what was saved on the way is gone on from."""
    recipe, out = Recipe(save_every=4), tmp_path / "model"
    with session(recipe, tmp_path / "whole", CPU, "data") as run:
        fit(run)

    def fail() -> None:
        raise MemoryError

    with pytest.raises(MemoryError), session(recipe, out, CPU, "data") as run:
        fit(run, At(11, fail))
    assert [path.name for path in (tmp_path / "model.checkpoints").glob("checkpoint-*")] == ["checkpoint-8"]
    capsys.readouterr()
    with session(recipe, out, dataclasses.replace(CPU, resume=True), "data") as run:
        fit(run)
    assert capsys.readouterr().err.startswith("going on from checkpoint-8\n")
    assert weights(out) == weights(tmp_path / "whole")


def test_sigterm_is_as_ctrl_c_and_a_second_one_ends_at_once(tmp_path: Path) -> None:
    with pytest.raises(Interrupted), session(Recipe(), tmp_path / "a", CPU, "data") as run:
        fit(run, At(2, lambda: _interrupt(signal.SIGTERM)))
    with pytest.raises(KeyboardInterrupt) as caught, session(Recipe(), tmp_path / "b", CPU, "data") as run:
        fit(run, At(2, _interrupt), At(2, _interrupt))
    assert not isinstance(caught.value, Interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["a.checkpoints"]  # of b there was nothing to keep
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL  # handlers are put back
    assert signal.getsignal(signal.SIGINT) == signal.default_int_handler


def test_an_interrupted_last_step_is_a_trained_model(tmp_path: Path) -> None:
    with session(Recipe(), tmp_path / "model", CPU, "data") as run:
        assert fit(run, At(15, _interrupt)) == 15
    assert (tmp_path / "model" / "weights").is_file()


def test_a_thread_hears_no_signals(tmp_path: Path) -> None:
    steps: list[int] = []

    def work() -> None:
        with session(Recipe(), tmp_path / "model", CPU, "data") as run:
            steps.append(fit(run))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert steps == [15]


def test_nothing_is_left_of_a_failure_before_the_first_checkpoint(tmp_path: Path) -> None:
    out = tmp_path / "model"
    out.mkdir()
    (out / "config.json").write_text("old")
    with pytest.raises(XqgError, match="no"), session(Recipe(), out, CPU, "data") as run:
        _fail(run.folder)
    assert (out / "config.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_what_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "model"
    with pytest.raises(Interrupted), session(Recipe(), out, CPU, "data") as run:
        fit(run, At(2, _interrupt))
    resumed = dataclasses.replace(CPU, resume=True)
    for recipe, options, data, message in (
        (Recipe(), CPU, "data", "interrupted at step 2; go on with it by `resume`, or delete"),
        (Recipe(seed=1), resumed, "data", "had another seed; give the recipe as it was"),
        (Recipe(), resumed, "other", "had other data; give the data as it was"),
    ):
        with pytest.raises(XqgError, match=message), session(recipe, out, options, data):
            pytest.fail("the block is not to be run")
    with pytest.raises(XqgError, match="no model's"), session(Recipe(), tmp_path, CPU, "data"):
        pytest.fail("the block is not to be run")
    assert [path.name for path in tmp_path.iterdir()] == ["model.checkpoints"]


def test_resuming_what_never_began(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with session(Recipe(), tmp_path / "model", dataclasses.replace(CPU, resume=True), "data") as run:
        fit(run)
    assert capsys.readouterr().err.startswith("nothing to go on from; this is the beginning\n")


@pytest.mark.parametrize("epochs", [1, 2, 3])  # 5 steps are fewer than a plan takes
def test_a_plan_keeps_nothing(tmp_path: Path, epochs: int) -> None:
    recipe, out = Recipe(save_every=1), tmp_path / "model"
    options = dataclasses.replace(CPU, plan=True)
    message = rf"^{5 * epochs} steps of 2 examples, [\d.e-]+ s each on cpu: [^;]+; [\d.]+ [MG]B of memory at most$"
    with pytest.raises(CostEstimate, match=message), session(recipe, out, options, "data") as run:
        fit(run, epochs=epochs)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Interrupted), session(recipe, out, CPU, "data") as run:
        fit(run, At(2, _interrupt))
    with pytest.raises(CostEstimate), session(recipe, out, options, "data") as run:  # an interrupted training is left alone
        fit(run, epochs=epochs)
    assert [path.name for path in (tmp_path / "model.checkpoints").glob("checkpoint-*")] == ["checkpoint-2"]


def test_arguments_come_from_the_recipe(tmp_path: Path) -> None:
    recipe = Recipe(warmup=1.0, dtype="bfloat16", seed=7, save_every=9)
    with session(recipe, tmp_path / "model", CPU, "data") as run:
        arguments = TrainingArguments(**run.arguments(max_steps=40, save_steps=10))
        assert (arguments.bf16, arguments.fp16, arguments.use_cpu, arguments.seed) == (True, False, True, 7)
        assert arguments.get_warmup_steps(40) == 40  # all of them, not one
        assert arguments.save_steps == 10  # what is given wins
        assert arguments.learning_rate == 0.1
        (run.folder / "config.json").write_text("{}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dtype": "float16"}, "float16 is for GPUs only"),
        ({"report_to": "paper"}, "report_to is 'paper'; use wandb, tensorboard or none"),
    ],
)
def test_wrong_settings(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(XqgError, match=message), session(Recipe(**changes), tmp_path / "m", CPU, "data") as run:
        run.arguments()
    assert list(tmp_path.iterdir()) == []


def test_a_logger_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with (
        pytest.raises(XqgError, match="report_to is wandb, which is not installed; pip install wandb, or use none"),
        session(Recipe(report_to="wandb"), tmp_path / "model", CPU, "data") as run,
    ):
        run.arguments()


def test_precision() -> None:
    assert precision("float32", "cpu") == ("cpu", "float32")
    assert precision("auto", "cpu")[1] in ("float32", "bfloat16")
    with pytest.raises(XqgError, match="device 'gpu' is not on this machine"):
        precision("auto", "gpu")


def test_several_gpus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from xqg.training.run.session import precision

    monkeypatch.setattr("xqg.models.loading.pick_device", lambda device: torch.device(device or "cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    for device, wanted in ((None, 0), ("cuda:2", 2)):
        with pytest.raises(XqgError, match=rf"4 GPUs are in sight.*; set CUDA_VISIBLE_DEVICES={wanted}$"):
            precision("float32", device)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert precision("float32", "cuda") == ("cuda", "float32")
