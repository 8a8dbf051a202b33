"""Who belongs to a course, as a CSV file says it. Every problem is told with its line; then nothing is changed."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from grader.errors import RosterFault
from grader.service.models import Role, User

MAX_BYTES = 1 << 20
MAX_ROWS = 5000
COLUMNS = {
    "name": "name", "full name": "name", "e-mail": "email", "email": "email", "username": "username",
    "user name": "username", "role": "role",
}  # fmt: skip
"""how columns may be called; upper and lower case do not matter"""

_JOINERS = "\u200c\u200d"
"""which say in some scripts whether letters are joined, and belong to names there"""

_LIMITS = {"name": 150, "email": 254, "username": 150}


_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
"""a first line by which some spreadsheets tell each other how the others are split"""


@dataclass(frozen=True)
class Entry:
    """One person of a roster, and the line that says so."""

    line: int
    username: str
    name: str
    email: str
    role: str


def read(content: bytes) -> list[Entry]:
    """The people in a file. Raises RosterFault with every problem that can be found at once."""
    records = _records(_text(content))
    header, keys = next(records, (1, []))
    while keys and not keys[-1]:
        keys.pop()  # as spreadsheets write a column that was emptied
    columns = _columns(header, keys)
    problems: list[str] = []
    entries: list[Entry] = []
    for line, fields in records:
        if any(fields):
            try:
                entries.append(_entry(line, columns, fields))
            except RosterFault as fault:
                problems += fault.problems
    problems += _repeated(entries)
    if not entries and not problems:
        problems = ["there is nobody in it: a line for each person follows the line with the names of the columns"]
    if len(entries) > MAX_ROWS:
        problems = [f"there are {len(entries)} people in it; at most {MAX_ROWS} are taken at once"]
    if problems:
        raise RosterFault(problems)
    return entries


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise RosterFault([f"the file is larger than {MAX_BYTES >> 20} MiB"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RosterFault([f"line {line}: this is not UTF-8; save it as “CSV UTF-8”"]) from None


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of each record, in commas or, as some spreadsheets write it, semicolons."""
    first, named = text.partition("\n")[0], _SEPARATOR.match(text)
    delimiter = named[1] if named else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for fields in reader:
            if line > 1 or not _SEPARATOR.match(text):
                yield line, [field.replace("\u00a0", " ").strip() for field in fields]
            line = reader.line_num + 1
    except csv.Error as error:
        raise RosterFault([f"line {line}: this is not CSV: {error}"]) from None


def _columns(line: int, keys: list[str]) -> list[str]:
    known = "the columns are name, e-mail, username and role"
    unknown = [key for key in keys if key.casefold() not in COLUMNS]
    if unknown:
        raise RosterFault([f"line {line}: there is no column “{unknown[0][:40]}”; {known}"])
    columns = [COLUMNS[key.casefold()] for key in keys]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise RosterFault([f"line {line}: the column {twice[0]} is there twice"])
    if "username" not in columns:
        raise RosterFault([f"line {line}: the column username is missing; {known}"])
    return columns


def _entry(line: int, columns: list[str], fields: list[str]) -> Entry:
    if not any(fields[len(columns) :]):
        fields = fields[: len(columns)]
    if len(fields) != len(columns):
        raise RosterFault([f"line {line}: {len(fields)} fields, where the first line names {len(columns)}"])
    found = {"name": "", "email": "", "role": "", **dict(zip(columns, fields, strict=True))}
    found["username"] = User.normalize_username(found["username"])
    role = found["role"].casefold() or Role.STUDENT
    problems = list(_problems(found))
    if role not in Role.values:
        problems.append(f"the role “{found['role'][:40]}” is none of {', '.join(Role.values)}")
    if problems:
        raise RosterFault([f"line {line}: {problem}" for problem in problems])
    return Entry(line, found["username"], found["name"], found["email"], str(role))


def _problems(found: dict[str, str]) -> Iterator[str]:
    for column, limit in _LIMITS.items():
        if len(found[column]) > limit:
            yield f"the {column} is longer than {limit} characters"
        elif strange := [sign for sign in found[column] if not sign.isprintable() and sign not in _JOINERS]:
            word = f"U+{ord(strange[0]):04X} {unicodedata.name(strange[0], '')}".rstrip()
            yield f"the {column} has a character that cannot be printed: {word}"
    try:
        UnicodeUsernameValidator()(found["username"])
    except ValidationError:
        shown = f"“{found['username'][:40]}”" if found["username"] else "an empty one"
        yield f"a username has letters, digits and @ . + - _ only, not {shown}"
    try:
        validate_email(found["email"] or "nobody@example.org")
    except ValidationError:
        yield f"“{found['email'][:80]}” is not an e-mail address"


def _repeated(entries: list[Entry]) -> Iterator[str]:
    """Two lines about one person; names that differ in case only would be taken for one by people."""
    for column in ("username", "email"):
        seen: dict[str, int] = {}
        for entry in entries:
            text = str(getattr(entry, column))
            first = seen.setdefault(text.casefold(), entry.line) if text else entry.line
            if first != entry.line:
                yield f"line {entry.line}: {text} is in line {first} already"
