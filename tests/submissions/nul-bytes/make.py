"""A notebook with raw NUL bytes in its JSON."""

NAME = "02_gradient_descent.ipynb"


def make(folder):
    (folder / NAME).write_bytes(b'{"nbformat": 4, "cells": [\x00\x00]}\x00')
