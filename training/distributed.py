"""Distributed data-parallel training on Lightning Fabric, or a single process.

Without ``torchrun`` there is one process and Lightning Fabric is not needed.

Each process (a *rank*) holds the whole network and computes its share of every batch; gradients are averaged before
each update (PyTorch's distributed data parallel), so that all ranks hold the same weights at any time. Only rank 0
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
    """Collective operations of the processes of a run, as seen by one of them.

    Attributes:
        rank: Number of this process, from 0.
        world_size: Number of processes.
        device: Device on which this process computes.
    """

    def __init__(self, device: str, fabric: Fabric | None = None) -> None:
        self._fabric = fabric
        self.device = fabric.device if fabric else torch.device(device)
        self.rank = fabric.global_rank if fabric else 0
        self.world_size = fabric.world_size if fabric else 1

    @classmethod
    def launch(cls, device: str) -> DistributedContext:
        """Join the processes started by ``torchrun``, or run alone without it.

        Args:
            device: ``cpu`` or ``cuda``; with several processes each of them takes its own device of that kind.

        Raises:
            LeukViewError: Several processes were started and Lightning Fabric is missing, or `device` has an index.
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
        # A PMG step does not use the later blocks and the classifiers of the other granularities. The trainer averages
        # the normalisation statistics, so they are not broadcast from rank 0.
        strategy = DDPStrategy(find_unused_parameters=True, broadcast_buffers=False)
        fabric = Fabric(accelerator=device, devices=local, num_nodes=size // local, strategy=strategy)
        fabric.launch()
        return cls(device, fabric)

    @property
    def is_main(self) -> bool:
        """Whether this process is rank 0, which writes the files."""
        return self.rank == 0

    def wrap_for_ddp(self, module: nn.Module) -> Callable[..., dict[str, Tensor]]:
        """Move a module to the device and wrap it so that backward averages gradients."""
        if self._fabric is None:
            return module.to(self.device)
        return self._fabric.setup_module(module)

    def gradient_sync(self, module: Callable[..., dict[str, Tensor]], sync: bool) -> AbstractContextManager[None]:
        """Context that averages gradients over the processes only if `sync` is true.

        With `sync` false they accumulate in this process.
        """
        if self._fabric is None:
            return nullcontext()
        return self._fabric.no_backward_sync(module, enabled=not sync)  # type: ignore[arg-type]  # from `wrap_for_ddp` above

    def mean_values(self, values: Sequence[float]) -> list[float]:
        """Means over the processes, equal in each of them."""
        if self._fabric is None:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        found = self._fabric.all_reduce(tensor, reduce_op="mean")
        return [float(v) for v in found]

    def average_tensors(self, tensors: Sequence[Tensor]) -> None:
        """Replace each floating-point tensor in place by its mean over the processes."""
        kept = [t for t in tensors if t.is_floating_point()]
        if self._fabric is None or not kept:
            return
        with torch.no_grad():
            flat = torch.cat([t.detach().reshape(-1) for t in kept])
            mean = self._fabric.all_reduce(flat, reduce_op="mean")
            for own, part in zip(kept, torch.split(mean, [t.numel() for t in kept]), strict=True):  # type: ignore[arg-type]  # a tensor
                own.copy_(part.reshape(own.shape))

    def main_process_first(self) -> AbstractContextManager[None]:
        """Context that rank 0 passes first, so that the others find its cached files."""
        return nullcontext() if self._fabric is None else self._fabric.rank_zero_first()

    def barrier(self) -> None:
        """Wait until all processes have reached this call."""
        if self._fabric is not None:
            self._fabric.barrier()
