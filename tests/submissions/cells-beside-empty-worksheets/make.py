"""A notebook of 1,000 cells, which an empty list of worksheets hid from an older reader's count."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    cells = ", ".join(['{"cell_type": "code", "source": "x = 1"}'] * 1000)
    start = '{"nbformat": 4, "metadata": {}, "worksheets": [], "cells": ['
    (folder / NAME).write_text(start + cells + "]}")
