"""Backends, which give a plan its meaning: numpy, a compiled kernel, and prose."""
