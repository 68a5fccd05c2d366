"""The exercises of lesson 14_second_order."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
