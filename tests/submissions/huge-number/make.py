"""A notebook whose format is a number of a million digits."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text('{"nbformat": ' + "4" * 1_000_000 + ', "metadata": {}, "cells": []}')
