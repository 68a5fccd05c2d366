"""Grade a class: every notebook in a jail of its own, with the verdicts of the notebook's check."""

from course_lib.grading.run import GradeError, Options, grade_class

__all__ = ["GradeError", "Options", "grade_class"]
