"""A notebook of half a million empty lists beside its cells: memory for a moment."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    lists = ",".join(["[[]]"] * 250_000)
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {"x": [' + lists + ']}, "cells": []}')
