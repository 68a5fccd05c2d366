"""A Unix socket in place of a notebook."""

import os
import socket

NAME = "02_gradient_descent.ipynb"


def make(folder):
    with socket.socket(socket.AF_UNIX) as made:
        os.chdir(folder)
        made.bind(NAME)
        os.chdir("/")
