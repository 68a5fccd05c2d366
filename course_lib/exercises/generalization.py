"""The exercises of lesson 12_generalization."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
