"""The exercises of lesson 15_fair_comparison."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
