"""A notebook saved as UTF-16."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_text('{"nbformat": 4, "metadata": {}, "cells": []}', "utf-16")
