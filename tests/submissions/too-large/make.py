"""A notebook of 25 MB, nearly all of it outputs."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    output = '{"output_type": "stream", "name": "stdout", "text": "' + "x" * (25 << 20) + '"}'
    cell = '{"cell_type": "code", "source": "x = 1", "outputs": [' + output + "]}"
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": [' + cell + "]}")
