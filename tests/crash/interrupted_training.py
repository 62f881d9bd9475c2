"""Training run whose processes are killed after saving the third iteration."""

import os
import signal

from training.classifier import train

KILLED_AFTER = 3


class InterruptedTrainer(train.Trainer):
    def save(self) -> None:
        super().save()
        if self.iteration == KILLED_AFTER:
            self.processes.barrier()  # rank 0 has written before the other process is killed
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    train.CHECKPOINT_SECONDS = -1.0  # after each iteration
    train.Trainer = InterruptedTrainer  # type: ignore[misc]  # in this process only
    train.main()
