"""Graph to graph, purely: reductions taken out or put in, classifiers made convolutional."""
