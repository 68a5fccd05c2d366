"""The exercises of lesson 13_depth."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
