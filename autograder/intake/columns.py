"""What the columns of a class list are called, by program and language.

Names are compared without case, accents, blanks and punctuation: ``E-Mail-Adresse`` is
``emailadresse``. English, German, French and Korean names of Moodle and Canvas are among them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

KNOWN = {
    "id": (
        "id", "student_id", "student number", "id number", "sid", "sis user id",
        "matriculation number", "matric no", "Matrikelnummer", "Matrikelnr", "Matrikel-Nr.",
        "ID-Nummer", "Immatrikulationsnummer", "Numéro étudiant", "N° étudiant", "Matricule",
        "Numéro d'identification", "학번", "학생번호", "개인식별번호",
    ),
    "login": (
        "login", "login id", "username", "user name", "user id", "sis login id", "account",
        "Benutzername", "Anmeldename", "Kennung", "Nutzerkennung", "Nom d'utilisateur", "Compte",
        "사용자명", "사용자 아이디", "아이디",
    ),
    "email": (
        "email", "e-mail", "email address", "mail", "E-Mail-Adresse", "Mailadresse", "Courriel",
        "Adresse de courriel", "Adresse e-mail", "Adresse électronique", "이메일", "이메일 주소",
        "전자우편",
    ),
    "first": ("first name", "given name", "forename", "Vorname", "Prénom"),
    "last": ("last name", "surname", "family name", "Nachname", "Familienname", "Nom de famille",
             "성"),
    "name": (
        "name", "full name", "student name", "student", "display name", "Vollständiger Name",
        "Nom", "Nom complet", "이름", "성명",
    ),
    "identifier": ("identifier", "Teilnehmer/in", "Kennzeichnung", "Identifiant", "식별자"),
    "canvas": ("canvas user id", "canvas id", "lms_user_id"),
    "section": ("section", "group", "Gruppe", "Groupe", "분반"),
    "submitted": (
        "submitted", "handed in", "last modified (submission)", "Zuletzt geändert (Abgabe)",
        "Dernière modification (travail remis)", "Dernière modification (remise)",
        "마지막 수정 (제출)", "제출 시각",
    ),
}  # fmt: skip
PARTICIPANT = re.compile(r"(?:Participant|Teilnehmer|참가자|참여자)\D*(\d+)\s*", re.IGNORECASE)


def plain(text: str) -> str:
    """Without case, accents, blanks and punctuation; Hangul stays whole."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return "".join(c for c in unicodedata.normalize("NFC", bare) if c.isalnum())


_KINDS = {plain(name): kind for kind, names in KNOWN.items() for name in names}


def kinds(header: Sequence[str]) -> list[str]:
    """What each column holds; empty for one that says nothing about who a student is.

    Canvas calls its own number ``ID`` and the name ``Student``; a ``Name`` beside a first name is
    the last one.
    """
    found = [_KINDS.get(plain(name), "") for name in header]
    names = [plain(name) for name in header]
    if "sisloginid" in names or "sisuserid" in names:
        found = [{"id": "canvas"}.get(name, kind) for name, kind in zip(names, found, strict=True)]
    elif "student" in names and "id" not in found:
        found[names.index("student")] = "id"  # a table of this course's own
    if "first" in found and "last" not in found and "name" in found:
        found[found.index("name")] = "last"
    if "성" in header and "이름" in header:
        found[list(header).index("이름")] = "first"
    return [kind if found.index(kind) == at or not kind else "" for at, kind in enumerate(found)]
