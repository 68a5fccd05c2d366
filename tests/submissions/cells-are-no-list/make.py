"""A notebook whose cells are a text, 100 characters long."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": "' + "x" * 100 + '"}')
