"""A notebook without a cell."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": []}')
