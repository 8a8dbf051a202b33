"""How the bytes of a file reach memory: bounded, whatever the request holds."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from grader.intake.budget import MAX_ARCHIVE


class BoundedUpload(FileUploadHandler):
    """Keeps one byte more than is allowed, so that too much is seen, and lets the rest of the request run dry: the
    sender is then still there to read why."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        """See Django."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """See Django."""
        self._kept.write(raw_data[: MAX_ARCHIVE + 1 - self._kept.tell()])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """See Django."""
        size = self._kept.tell()
        self._kept.seek(0)
        return InMemoryUploadedFile(
            self._kept, self.field_name, self.file_name, self.content_type, size, self.charset, self.content_type_extra
        )
