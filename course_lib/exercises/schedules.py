"""The exercises of lesson 11_schedules."""

from course_lib.checking import Exercise

EXERCISES: tuple[Exercise, ...] = ()
