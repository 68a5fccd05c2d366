"""A hands-on course on gradient-descent optimizers."""

__version__ = "0.1.0"
