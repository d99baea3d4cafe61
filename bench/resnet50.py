"""ResNet-50 as one writes it by hand, to hold the executor against.

He et al. 2015, table 1, with the stride on the 3×3; activations and additions in place.
Submodules stand in the order of the spec's layers, so that weights can be handed over in order.
"""

from __future__ import annotations

from torch import Tensor, nn


class Bottleneck(nn.Module):
    def __init__(self, channels: int, mid: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, mid, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(mid)
        self.conv2 = nn.Conv2d(mid, mid, 3, stride, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(mid)
        self.conv3 = nn.Conv2d(mid, 4 * mid, 1, bias=False)
        self.norm3 = nn.BatchNorm2d(4 * mid)
        self.shortcut = None
        if stride != 1 or channels != 4 * mid:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, 4 * mid, 1, stride, bias=False), nn.BatchNorm2d(4 * mid)
            )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.norm1(self.conv1(x)))
        y = self.relu(self.norm2(self.conv2(y)))
        y = self.norm3(self.conv3(y))
        y += x if self.shortcut is None else self.shortcut(x)
        return self.relu(y)


class ResNet50(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.norm = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(3, 2, 1)
        blocks, channels = [], 64
        for stage, depth in enumerate((3, 4, 6, 3)):
            for index in range(depth):
                mid = 64 * 2**stage
                blocks.append(Bottleneck(channels, mid, 2 if stage and not index else 1))
                channels = 4 * mid
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2048, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu(self.norm(self.conv(x))))
        return self.fc(self.last(self.blocks(x)).flatten(1))
