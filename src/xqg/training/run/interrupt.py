"""Ctrl-C while a trainer runs: end the step, write a checkpoint, stop."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import TrainerCallback

__all__ = ["Interrupt"]


class Interrupt(TrainerCallback):
    """Told of SIGINT or SIGTERM, it has the trainer save and stop at the end of the step."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Catch the signals within the block; a second one ends the program as usual."""
        if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        # What the shell has a background job ignore stays ignored.
        before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}

        def note(number: int, frame: Any) -> None:
            self.asked = True
            for one, handler in before.items():
                signal.signal(one, handler)
            print("interrupted; a checkpoint is written at the end of this step", file=sys.stderr, flush=True)

        for number in before:
            signal.signal(number, note)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Save and stop, if asked."""
        if self.asked:
            control.should_save = control.should_training_stop = True
