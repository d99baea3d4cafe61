"""The 1×1 question: what a pointwise convolution is for, and a network with and without its reductions."""
