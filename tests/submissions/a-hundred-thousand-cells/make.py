"""A notebook of 100,000 cells."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    cells = ", ".join(['{"cell_type": "code", "source": "x = 1"}'] * 100_000)
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": [' + cells + "]}")
