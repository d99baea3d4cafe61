"""convcost: what a convolutional network costs, exactly, without torch."""

from __future__ import annotations

__version__ = "0.1.0"
