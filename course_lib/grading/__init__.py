"""Grade a class: every notebook in a jail of its own, with the verdicts of the notebook's check.

`run` has the whole of it. Nothing is imported here: the grading processes load `grader` alone, and
not the pictures of the reports.
"""
