"""The exercises of the course, lesson by lesson, and the functions that a lesson calls on them."""

from course_lib.checking import Desk, Exercise
from course_lib.exercises import (
    adadelta,
    adagrad,
    adam,
    batch_size,
    depth,
    fair_comparison,
    frontier,
    generalization,
    gradient_descent,
    gradients,
    landscapes,
    momentum,
    nesterov,
    rmsprop,
    schedules,
    second_order,
    start_here,
)

LESSONS: dict[str, tuple[Exercise, ...]] = {
    "00_start_here": start_here.EXERCISES,
    "01_gradients": gradients.EXERCISES,
    "02_gradient_descent": gradient_descent.EXERCISES,
    "03_landscapes": landscapes.EXERCISES,
    "04_batch_size": batch_size.EXERCISES,
    "05_momentum": momentum.EXERCISES,
    "06_nesterov": nesterov.EXERCISES,
    "07_adagrad": adagrad.EXERCISES,
    "08_adadelta": adadelta.EXERCISES,
    "09_rmsprop": rmsprop.EXERCISES,
    "10_adam": adam.EXERCISES,
    "11_schedules": schedules.EXERCISES,
    "12_generalization": generalization.EXERCISES,
    "13_depth": depth.EXERCISES,
    "14_second_order": second_order.EXERCISES,
    "15_fair_comparison": fair_comparison.EXERCISES,
    "16_frontier": frontier.EXERCISES,
}

EXERCISES: dict[str, Exercise] = {e.id: e for lesson in LESSONS.values() for e in lesson}

_desk = Desk(LESSONS)
check, diagnose, ready, hint = _desk.check, _desk.diagnose, _desk.ready, _desk.hint
progress, predict, reveal = _desk.progress, _desk.predict, _desk.reveal
guesses = _desk.guesses

__all__ = [
    "EXERCISES",
    "LESSONS",
    "check",
    "diagnose",
    "guesses",
    "hint",
    "predict",
    "progress",
    "ready",
    "reveal",
]
