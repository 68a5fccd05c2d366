"""For who teaches a lesson: a lab plan of one page, and slides, both made from the lesson itself.

    instructor_kit(root, stems, lessons, grades=None)    the files of a kit, with an index

All is read from the student edition, which holds no solution, and from the declarations of the
exercises. Knows no lesson: the exercises are handed in.
"""

from course_lib.teaching.kit import instructor_kit

__all__ = ["instructor_kit"]
