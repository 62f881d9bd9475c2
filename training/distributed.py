"""The processes of one training run, as ``torchrun`` started them, on Lightning Fabric; without it, this one alone.

Each process (a *rank*) holds the whole network and learns from its share of every batch; gradients are averaged before
each update (PyTorch's distributed data parallel), so that all ranks hold the same weights at any time. Rank 0 alone
writes files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from leukview.core.errors import LeukViewError

if TYPE_CHECKING:
    from lightning_fabric import Fabric


class DistributedContext:
    """All processes of a run, seen from this one.

    Attributes:
        rank: Of this process, from 0.
        size: How many there are.
        device: That this process computes on.
    """

    def __init__(self, device: str, fabric: Fabric | None = None) -> None:
        self._fabric = fabric
        self.device = fabric.device if fabric else torch.device(device)
        self.rank = fabric.global_rank if fabric else 0
        self.world_size = fabric.world_size if fabric else 1

    @classmethod
    def launch(cls, device: str) -> DistributedContext:
        """As many as ``torchrun`` started; one without it.

        Args:
            device: ``cpu`` or ``cuda``: with several processes each takes a device of its own of that kind.

        Raises:
            LeukViewError: Several were started and Lightning Fabric is not installed, or a device is named by number.
        """
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls(device)
        if ":" in device:
            raise LeukViewError("Several processes share out the devices themselves.", "Say --device cuda, or cpu.")
        try:
            from lightning_fabric import Fabric
            from lightning_fabric.strategies.ddp import DDPStrategy
        except ImportError as error:
            raise LeukViewError("Several processes need Lightning Fabric.", "Install leukview[training].") from error
        local = int(os.environ.get("LOCAL_WORLD_SIZE", str(size)))
        # A step of PMG leaves out the later blocks and the other granularities' classifiers. Normalisation statistics
        # are averaged by the trainer, not taken from rank 0.
        strategy = DDPStrategy(find_unused_parameters=True, broadcast_buffers=False)
        fabric = Fabric(accelerator=device, devices=local, num_nodes=size // local, strategy=strategy)
        fabric.launch()
        return cls(device, fabric)

    @property
    def is_main(self) -> bool:
        """Whether this is the process that writes files."""
        return self.rank == 0

    def wrap_for_ddp(self, module: nn.Module) -> Callable[..., dict[str, Tensor]]:
        """The module's forward pass, after which a backward pass leaves averaged gradients; also moves it."""
        if self._fabric is None:
            return module.to(self.device)
        return self._fabric.setup_module(module)

    def gradient_sync(self, module: Callable[..., dict[str, Tensor]], sync: bool) -> AbstractContextManager[None]:
        """While it is open, gradients are averaged, or (`sync` false) only gathered in this process."""
        if self._fabric is None:
            return nullcontext()
        return self._fabric.no_backward_sync(module, enabled=not sync)  # type: ignore[arg-type]  # from `wrapped` above

    def mean_values(self, values: Sequence[float]) -> list[float]:
        """Means over the processes: the same numbers in each."""
        if self._fabric is None:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        found = self._fabric.all_reduce(tensor, reduce_op="mean")
        return [float(v) for v in found]

    def average_tensors(self, tensors: Sequence[Tensor]) -> None:
        """Put the mean over the processes into each floating-point tensor."""
        kept = [t for t in tensors if t.is_floating_point()]
        if self._fabric is None or not kept:
            return
        with torch.no_grad():
            flat = torch.cat([t.detach().reshape(-1) for t in kept])
            mean = self._fabric.all_reduce(flat, reduce_op="mean")
            for own, part in zip(kept, torch.split(mean, [t.numel() for t in kept]), strict=True):  # type: ignore[arg-type]  # a tensor
                own.copy_(part.reshape(own.shape))

    def main_process_first(self) -> AbstractContextManager[None]:
        """Rank 0 goes through it before the others: what it caches they find."""
        return nullcontext() if self._fabric is None else self._fabric.rank_zero_first()

    def barrier(self) -> None:
        """Until all have come here."""
        if self._fabric is not None:
            self._fabric.barrier()
