"""A notebook with a cell that has no source."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code"}]}')
