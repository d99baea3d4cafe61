"""The shipped networks, each read once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import convcost
from convcost.ir import PLAIN

# One of each family: variants differ in depth and width, not in what transforms meet.
FAMILIES = (
    "alexnet",
    "alexnet@2012",
    "convnext@tiny",
    "dainet@m5",
    "densenet@121",
    "efficientnet@b0",
    "fcn8s",
    "fcn_resnet@50",
    "googlenet",
    "inception_3a",
    "inception_v3",
    "lenet",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3@large",
    "nin_cifar10",
    "nin_imagenet",
    "preact_resnet@164",
    "resnet@18",
    "resnet@50",
    "resnet@50_v1",
    "resnet_cifar",
    "resnext@50_32x4d",
    "resnext@wide_50_2",
    "shufflenet_v2@x1_0",
    "squeezenet@1_0",
    "squeezenet@1_1",
    "unet",
    "vgg@16",
    "video_resnet@r2plus1d_18",
    "wide_resnet@16_8",
)


@cache
def network(name: str):
    """Return a network, what works in place decided."""
    return convcost.load(name)


@cache
def report(name: str):
    """Return a network's figures."""
    return convcost.analyze(network(name))


def bare(graph):
    """Return what a graph is, wherever it was written: layers without positions and origins."""
    return [replace(node, loc=None, origin=PLAIN) for node in graph.layers], graph.outputs, graph.input
