"""Who is who: one student as a folder, a roster and a gradebook name them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The kinds of identifiers. Numbers of different kinds say nothing about each other: Canvas's user
# 1042 is not the student whose matriculation number is 1042. ANY is what only a person can tell.
CANVAS, MOODLE, NUMBER, LOGIN, EMAIL, ANY = "canvas", "moodle", "number", "login", "email", "any"
SHOWN = (NUMBER, LOGIN, ANY, CANVAS, MOODLE, EMAIL)  # which one stands beside a name, if one must


@dataclass(frozen=True)
class Person:
    """A student as one source names them: a name, and identifiers as pairs of kind and value."""

    name: str
    ids: tuple[tuple[str, str], ...] = ()
    section: str = ""

    @property
    def id(self) -> str:
        """The identifier that tells two people of one name apart; empty if there is none."""
        found = dict(reversed(self.ids))
        known = (found.get(kind, "") for kind in SHOWN)
        return next((value for value in known if value and value != self.name), "")

    def with_ids(self, others: Iterable[tuple[str, str]]) -> Person:
        return Person(self.name, tuple(dict.fromkeys((*self.ids, *others))), self.section)


class Crowd:
    """People who can be found by what another source says about them."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self._ids: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._values: defaultdict[str, set[int]] = defaultdict(set)
        self._names: defaultdict[str, set[int]] = defaultdict(set)
        for index, person in enumerate(people):
            for kind, value in person.ids:
                self._ids[kind, fold(value)].add(index)
                self._values[fold(value)].add(index)
            for key in spellings(person.name):
                self._names[key].add(index)

    def find(self, person: Person) -> set[int]:
        """Who this may be: nobody, one, or several that cannot be told apart.

        An identifier of the same kind decides. One of an unknown kind counts where the names
        agree. A name alone counts where no identifier speaks against it.
        """
        same = set().union(
            *(self._ids.get((k, fold(v)), set()) for k, v in person.ids if k != ANY), set()
        )
        if same:
            return same
        alike = set().union(*(self._values.get(fold(v), set()) for _, v in person.ids), set())
        alike = {i for i in alike if _one_is_any(person, self.people[i])}
        alike = {i for i in alike if _agree(person, self.people[i])}
        if alike:
            return alike
        for key in spellings(person.name):  # as it stands first, then turned round
            named = {i for i in self._names.get(key, ()) if not _differ(person, self.people[i])}
            if named:
                return named
        return set()


def fold(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip().casefold()


def squeeze(name: str) -> str:
    """Letters and digits alone: Canvas writes "lovelaceada" for "Lovelace, Ada"."""
    return "".join(c for c in fold(name) if c.isalnum())


def spellings(name: str) -> list[str]:
    """The name squeezed, and turned round: "Ada Lovelace" is "Lovelace, Ada"."""
    words = [word for word in map(squeeze, name.replace(",", " ").split()) if word]
    turned = ("".join(words[i:] + words[:i]) for i in range(len(words)))
    return list(dict.fromkeys(turned))


def _one_is_any(one: Person, other: Person) -> bool:
    """Whether they share a value whose kind is unknown on one side at least."""
    ours = {(fold(value), kind == ANY) for kind, value in one.ids}
    theirs = {(fold(value), kind == ANY) for kind, value in other.ids}
    return any(a == b and (x or y) for a, x in ours for b, y in theirs)


def _agree(one: Person, other: Person) -> bool:
    """Whether their names allow that they are one; an identifier in a name's place says nothing."""
    if any(not p.name or p.name in dict(p.ids).values() for p in (one, other)):
        return True
    return bool(set(spellings(one.name)) & set(spellings(other.name)))


def _differ(one: Person, other: Person) -> bool:
    """Whether both have an identifier of one kind, and not the same."""
    ours, theirs = _by_kind(one), _by_kind(other)
    return any(not ours[kind] & theirs[kind] for kind in ours.keys() & theirs.keys() - {ANY})


def _by_kind(person: Person) -> dict[str, set[str]]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for kind, value in person.ids:
        kinds[kind].add(fold(value))
    return kinds
