"""Is this file a photo the catalogue can show? Judged by its content, never by its name, as `garments` decodes it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from garments.image_decoding import ACCEPTED, MAX_BYTES, SUFFIXES, PhotoError, check_photo
from garments.image_errors import EMPTY, IS_ACCEPTED, TOO_MANY_BYTES

__all__ = ["ACCEPTED", "MAX_BYTES", "SUFFIXES", "NotAPhoto", "Photo", "PhotoError", "explain", "read_photo"]

NotAPhoto = PhotoError  # the catalogue's name for the same refusal


@dataclass(frozen=True, slots=True)
class Photo:
    """A file that was decoded to its end.

    content: what is stored and served, without metadata. sha256: of the file as it came, so that the same file is known
    again. stored_sha256: of `content`. width, height: of the upright picture, in pixels.
    """

    content: bytes
    sha256: str
    stored_sha256: str
    suffix: str
    width: int
    height: int

    @property
    def path(self) -> str:
        """Where it lies in the media storage: by its hash, so that the same photo twice is one file."""
        return f"products/{self.sha256[:2]}/{self.sha256[2:]}.{self.suffix.lower()}"


def read_photo(source: bytes | BinaryIO) -> Photo:
    """The photo in `source`. Raises PhotoError for what is no picture, broken, cut off, too small or too large."""
    content = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if not content:
        raise PhotoError(EMPTY)
    if len(content) > MAX_BYTES:
        raise PhotoError(TOO_MANY_BYTES, limit=MAX_BYTES // 1_000_000)
    checked = check_photo(content)
    sha256 = hashlib.sha256(content).hexdigest()
    stored = sha256 if checked.content == content else hashlib.sha256(checked.content).hexdigest()
    return Photo(checked.content, sha256, stored, checked.suffix, checked.width, checked.height)


def explain(error: PhotoError) -> str:
    """The refusal in the language of who is asking."""
    return f"{_(error.template) % error.params} {_(IS_ACCEPTED)}"
