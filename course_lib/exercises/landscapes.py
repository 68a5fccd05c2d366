"""The exercises of lesson 03_landscapes."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
