"""A Gradescope export: submission_metadata.yml beside a folder for each submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from course_lib.grading.collect import CollectError, Submission, gather, is_folder, plain_owners
from course_lib.grading.people import EMAIL, NUMBER, Person

METADATA = "submission_metadata.yml"
MAX_BYTES = 32 << 20
MAX_DEPTH = 100


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """yaml.safe_load's own, that reads Ruby's dates (!ruby/object:...) as the mappings they are."""


def _mapping(loader: Any, suffix: str, node: Any) -> Any:
    return loader.construct_mapping(node) if isinstance(node, yaml.MappingNode) else None


_Loader.add_multi_constructor("!ruby/", _mapping)


def is_export(folder: Path) -> bool:
    return (folder / METADATA).is_file()


def find(folder: Path, lessons: Sequence[str]) -> list[Submission]:
    """A submission per notebook and submitter: a group's notebook counts for each of the group.

    A folder that the metadata leave out is taken as in a plain folder. Raises CollectError for
    metadata that cannot be read.
    """
    metadata = _read(folder / METADATA)
    people = {key: _submitters(key, about) for key, about in metadata.items()}
    plain = plain_owners(lessons)

    def owners(entry: Path) -> Sequence[Person]:
        return people.get(entry.name) or plain(entry)

    found = gather(folder, owners)
    found = [_at(one, metadata.get(one.file.split("/")[0], {})) for one in found]
    for key, theirs in people.items():
        if not is_folder(folder / key) and not (folder / key).is_file():
            problem = f"is named in {METADATA}, and the export does not hold it."
            found += [Submission(one.name, folder / key, key, 0.0, problem, one) for one in theirs]
    return sorted(found, key=lambda one: one.file)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ValueError(f"is larger than {MAX_BYTES >> 20} MB")
        depth = 0
        for event in yaml.parse(raw, _Loader):  # first: libyaml ends the process on very deep ones
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ValueError("is nested too deeply")
        content = yaml.load(raw, _Loader)  # safe: _Loader is a SafeLoader
        if not isinstance(content, dict):
            raise ValueError("does not map submissions to submitters")
    except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
        first = str(error).split("\n")[0]
        raise CollectError(f"{METADATA}: {first}; export the submissions again") from None
    return {str(key): one for key, one in content.items() if isinstance(one, dict)}


def _submitters(key: str, about: dict[str, Any]) -> tuple[Person, ...]:
    listed = about.get(":submitters")
    found = []
    for one in listed if isinstance(listed, list) else ():
        fields = one if isinstance(one, dict) else {}
        name, number, email = (
            str(fields.get(f":{field}") or "").strip() for field in ("name", "sid", "email")
        )
        ids = tuple((k, v) for k, v in ((NUMBER, number), (EMAIL, email)) if v)
        if name or ids:
            found.append(Person(name or ids[0][1], ids))
    return tuple(found) or (Person(key),)


def _at(submission: Submission, about: dict[str, Any]) -> Submission:
    """The submission with the time at which Gradescope got it."""
    when = about.get(":created_at")
    when = when.get("utc") if isinstance(when, dict) else when
    if not isinstance(when, datetime):
        return submission
    return replace(submission, submitted=when.replace(tzinfo=when.tzinfo or UTC).timestamp())
