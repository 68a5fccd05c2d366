"""The exercises of lesson 16_frontier."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
