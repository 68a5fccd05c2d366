"""For who teaches a lesson: a lab plan of one page, and slides, both made from the lesson itself.

    export_kit(stems, notebooks, lessons, out, grades=None)    write them all, with an index

Everything is read from the student edition, which holds no solution, and from the declarations of
the exercises. Knows no lesson: the exercises are handed in.
"""

from course_lib.teaching.kit import KitError, export_kit

__all__ = ["KitError", "export_kit"]
