"""README, CONTRIBUTING and CHANGELOG: every command parses, every link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from course_lib import cli
from course_lib.exercises import LESSONS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(path.name for path in ROOT.glob("*.md"))
CALLS = re.compile(
    r"^\s*(?:\$ )?(?:(?:python3?|py) course\.py|python3? -m course_lib|course)(?= |$)"
)


def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def commands(markdown: str) -> list[str]:
    """The calls of the course in the shell blocks, without comments."""
    blocks = re.findall(r"```(?:bash|console|sh)\n(.*?)```", markdown, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if CALLS.match(line)]


def words(line: str) -> list[str]:
    return shlex.split(line[CALLS.match(line).end() :], comments=True)


def links(markdown: str) -> list[str]:
    """Targets of links and pictures, in Markdown and in HTML, outside of code."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)
    found = re.findall(r"\]\(<?([^)\s>]+)", prose) + re.findall(r'(?:src|href)="([^"]+)"', prose)
    return [link for link in found if not re.match(r"https?://|mailto:", link)]


def anchors(markdown: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    prose = re.sub(r"```.*?```", "", markdown, flags=re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", prose, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_shown_parses(document):
    for line in commands(text(document)):
        cli.parse(words(line))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    for link in links(text(document)):
        target, _, anchor = link.partition("#")
        path = (ROOT / target) if target else (ROOT / document)
        assert path.exists(), f"{document} links to {link}"
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path.read_text(encoding="utf-8")), f"{document}: {link}"


def test_the_readme_shows_the_two_commands():
    shown = [words(line) for line in commands(text("README.md"))]
    assert [] in shown
    assert ["test"] in shown


def test_the_readme_lists_exactly_the_lessons_there_are():
    rows = [line for line in text("README.md").splitlines() if line.lstrip().startswith("|")]
    named = re.findall(r"notebooks/(\w+)\.ipynb", "\n".join(rows))
    assert list(dict.fromkeys(named)) == list(LESSONS)


# The readers above, tried on texts whose answer is plain.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python course.py", []),
        ("$ python course.py lab 02   # opens it", ["lab", "02"]),
        ("course check work/x.ipynb", ["check", "work/x.ipynb"]),
        ("python -m course_lib test -k adam", ["test", "-k", "adam"]),
        ("coursework", None),
        ("git clone course", None),
    ],
)
def test_commands_are_found_in_shell_blocks(line, expected):
    found = [words(one) for one in commands(f"text\n```bash\n{line}\n```\n")]
    assert found == ([] if expected is None else [expected])


def test_a_command_that_does_not_exist_is_noticed():
    with pytest.raises(SystemExit):
        cli.parse(words("python course.py fly"))


def test_links_are_found_in_prose_alone():
    markdown = '[a](b.md#c) ![d](e.png) <img src="f.png"> `[g](h)` [i](https://j.org) [k](#l)'
    assert links(markdown) == ["b.md#c", "e.png", "#l", "f.png"]


def test_anchors_are_githubs():
    assert anchors("# For students: the 2 commands\n```\n# no\n```\n## `lab`") == {
        "for-students-the-2-commands",
        "lab",
    }
