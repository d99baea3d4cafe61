"""Networks torchvision has not, in plain torch, written from their papers' tables.

They share nothing with convcost: what they count is a second opinion on the shipped specs.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def count(network: nn.Module, *shape: int) -> tuple[int, int]:
    """Return params, and the multiply-accumulates of one sample (FlopCounterMode counts each twice)."""
    network = network.to("meta").eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.empty(1, *shape, device="meta"))
    return sum(p.numel() for p in network.parameters()), counter.get_total_flops() // 2


class PreActivation(nn.Module):
    """He et al. 2016, figure 1b; where the shape changes both paths start from the activation."""

    def __init__(self, channels: int, out: int, stride: int, *body: nn.Module) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.body = nn.Sequential(*body)
        self.project = nn.Conv2d(channels, out, 1, stride, bias=False) if channels != out else None

    def forward(self, x):
        y = torch.relu(self.norm(x))
        return self.body(y) + (x if self.project is None else self.project(y))


def bottleneck(channels: int, mid: int, stride: int) -> PreActivation:
    """He et al. 2016: 1×1, 3×3, 1×1 to four times as many channels."""
    return PreActivation(
        channels, 4 * mid, stride,
        nn.Conv2d(channels, mid, 1, stride, bias=False), nn.BatchNorm2d(mid), nn.ReLU(),
        nn.Conv2d(mid, mid, 3, 1, 1, bias=False), nn.BatchNorm2d(mid), nn.ReLU(),
        nn.Conv2d(mid, 4 * mid, 1, bias=False),
    )  # fmt: skip


def b33(channels: int, out: int, stride: int) -> PreActivation:
    """Zagoruyko & Komodakis 2016, B(3,3)."""
    return PreActivation(
        channels, out, stride,
        nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
        nn.Conv2d(out, out, 3, 1, 1, bias=False),
    )  # fmt: skip


def cifar(block, widths: tuple[int, ...], wider: int, repeat: int) -> nn.Sequential:
    """Three stages between a 3×3 convolution and a classifier; a block writes width · wider channels."""
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, 1, 1, bias=False)]
    channels = 16
    for stage, width in enumerate(widths):
        for index in range(repeat):
            layers.append(block(channels, width, 2 if stage and not index else 1))
            channels = width * wider
    layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, nn.Linear(channels, 10))


def preact_resnet(depth: int) -> nn.Sequential:
    """He et al. 2016: 9n + 2 layers."""
    return cifar(bottleneck, (16, 32, 64), 4, (depth - 2) // 9)


def wide_resnet(depth: int, k: int) -> nn.Sequential:
    """Zagoruyko & Komodakis 2016, table 1: 6n + 4 layers, k times as wide."""
    return cifar(b33, (16 * k, 32 * k, 64 * k), 1, (depth - 4) // 6)


def dainet(widths: tuple[int, ...], depths: tuple[int, ...]) -> nn.Sequential:
    """Dai et al. 2016, table 1: ``widths[0]`` is the first layer's, then one width per stage."""
    layers: list[nn.Module] = [nn.Conv1d(1, widths[0], 80, 4, 38, bias=False)]
    layers += [nn.BatchNorm1d(widths[0]), nn.ReLU(), nn.MaxPool1d(4)]
    channels = widths[0]
    for width, depth in zip(widths[1:], depths, strict=True):
        for _ in range(depth):
            layers += [nn.Conv1d(channels, width, 3, 1, 1, bias=False), nn.BatchNorm1d(width), nn.ReLU()]
            channels = width
        layers.append(nn.MaxPool1d(4, ceil_mode=True))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(channels, 10))


class Fcn8s(nn.Module):
    """Long et al. 2015, as the authors' voc-fcn8s: VGG-16 padded by 100, fusions cropped at 5, 9 and 31."""

    def __init__(self, classes: int = 21) -> None:
        super().__init__()
        table = ((3, 64, 2), (64, 128, 2), (128, 256, 3), (256, 512, 3), (512, 512, 3))
        self.stages = nn.ModuleList(
            _stage(*row, padding=1 if index else 100) for index, row in enumerate(table)
        )
        self.classifier = nn.Sequential(
            nn.Conv2d(512, 4096, 7),
            nn.ReLU(),
            nn.Conv2d(4096, 4096, 1),
            nn.ReLU(),
            nn.Conv2d(4096, classes, 1),
        )
        self.score3, self.score4 = nn.Conv2d(256, classes, 1), nn.Conv2d(512, classes, 1)
        self.up2 = nn.ConvTranspose2d(classes, classes, 4, 2, bias=False)
        self.up4 = nn.ConvTranspose2d(classes, classes, 4, 2, bias=False)
        self.up8 = nn.ConvTranspose2d(classes, classes, 16, 8, bias=False)

    def forward(self, image):
        x, pools = image, []
        for stage in self.stages:
            x = stage(x)
            pools.append(x)
        x = self.up2(self.classifier(x))
        x = self.up4(x + _crop(self.score4(pools[3]), 5, x))
        x = self.up8(x + _crop(self.score3(pools[2]), 9, x))
        return _crop(x, 31, image)


def _stage(channels: int, out: int, depth: int, padding: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for index in range(depth):
        layers += [nn.Conv2d(channels, out, 3, padding=1 if index else padding), nn.ReLU()]
        channels = out
    return nn.Sequential(*layers, nn.MaxPool2d(2, ceil_mode=True))


def _crop(x, offset: int, like):
    height, width = like.shape[2:]
    return x[:, :, offset : offset + height, offset : offset + width]
