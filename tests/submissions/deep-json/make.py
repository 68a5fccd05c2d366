"""A notebook with a hundred thousand nested lists."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    nested = "[" * 100_000 + "]" * 100_000
    (folder / NAME).write_text('{"nbformat": 4, "metadata": ' + nested + ', "cells": []}')
