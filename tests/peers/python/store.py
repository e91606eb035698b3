"""An in-memory Store and AttachmentStore, enough for every operation of the reference server.

Rows keep the order in which they were saved. Upload routes demand the headers that the upload
descriptor names, so a client that leaves them out is refused.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
    Page,
    ThreadItem,
    ThreadMetadata,
)


def page_of(rows: list[Any], after: str | None, limit: int, order: str) -> Page[Any]:
    """One page of `rows`, which are kept oldest first."""
    ordered = list(reversed(rows)) if order == "desc" else list(rows)
    start = 0
    if after is not None:
        ids = [row.id for row in ordered]
        if after not in ids:
            raise NotFoundError(f"no row {after}")
        start = ids.index(after) + 1
    data = ordered[start : start + limit]
    has_more = start + limit < len(ordered)
    return Page(data=data, has_more=has_more, after=data[-1].id if has_more and data else None)


class MemoryStore(Store[dict]):
    """Threads, items and attachments in dictionaries."""

    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, dict[str, ThreadItem]] = {}
        self.attachments: dict[str, Attachment] = {}

    def thread(self, thread_id: str) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(f"no thread {thread_id}")
        return self.threads[thread_id]

    async def load_thread(self, thread_id: str, context: dict) -> ThreadMetadata:
        return self.thread(thread_id).model_copy(deep=True)

    async def save_thread(self, thread: ThreadMetadata, context: dict) -> None:
        # The server hands over a Thread in places; only the metadata is this table's.
        fields = {name: getattr(thread, name) for name in ThreadMetadata.model_fields}
        self.threads[thread.id] = ThreadMetadata(**fields).model_copy(deep=True)
        self.items.setdefault(thread.id, {})

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict
    ) -> Page[ThreadMetadata]:
        page = page_of(list(self.threads.values()), after, limit, order)
        page.data = [thread.model_copy(deep=True) for thread in page.data]
        return page

    async def delete_thread(self, thread_id: str, context: dict) -> None:
        self.thread(thread_id)
        del self.threads[thread_id]
        del self.items[thread_id]

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict
    ) -> Page[ThreadItem]:
        self.thread(thread_id)
        page = page_of(list(self.items[thread_id].values()), after, limit, order)
        page.data = [item.model_copy(deep=True) for item in page.data]
        return page

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: dict) -> None:
        self.items[thread_id][item.id] = item.model_copy(deep=True)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict) -> None:
        self.items[thread_id][item.id] = item.model_copy(deep=True)

    async def load_item(self, thread_id: str, item_id: str, context: dict) -> ThreadItem:
        self.thread(thread_id)
        if item_id not in self.items[thread_id]:
            raise NotFoundError(f"no item {item_id}")
        return self.items[thread_id][item_id].model_copy(deep=True)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict) -> None:
        self.items[thread_id].pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: dict) -> None:
        self.attachments[attachment.id] = attachment.model_copy(deep=True)

    async def load_attachment(self, attachment_id: str, context: dict) -> Attachment:
        if attachment_id not in self.attachments:
            raise NotFoundError(f"no attachment {attachment_id}")
        return self.attachments[attachment_id].model_copy(deep=True)

    async def delete_attachment(self, attachment_id: str, context: dict) -> None:
        self.attachments.pop(attachment_id, None)


@dataclass
class Upload:
    """The bytes of one attachment, and what an upload of them must bring along."""

    method: str
    headers: dict[str, str]
    content: bytes | None = None


@dataclass
class Uploads(AttachmentStore[dict]):
    """Two-phase uploads: an image is sent by POST, anything else by PUT."""

    base: str = ""
    files: dict[str, Upload] = field(default_factory=dict)

    async def create_attachment(self, input: AttachmentCreateParams, context: dict) -> Attachment:
        is_image = input.mime_type.startswith("image/")
        method = "POST" if is_image else "PUT"
        upload = Upload(method, {"x-upload-token": secrets.token_hex(8), "x-upload-kind": "test"})
        attachment_id = self.generate_attachment_id(input.mime_type, context)
        self.files[attachment_id] = upload
        url = f"{self.base}/uploads/{attachment_id}"
        fields = {
            "id": attachment_id,
            "name": input.name,
            "mime_type": input.mime_type,
            "upload_descriptor": AttachmentUploadDescriptor(
                url=url, method=method, headers=upload.headers
            ),
            "metadata": {"declared_size": input.size},
        }
        if is_image:
            return ImageAttachment(preview_url=f"{url}/preview", **fields)
        return FileAttachment(**fields)

    async def delete_attachment(self, attachment_id: str, context: dict) -> None:
        if attachment_id not in self.files:
            raise NotFoundError(f"no attachment {attachment_id}")
        del self.files[attachment_id]

    def direct(self, name: str, mime_type: str, content: bytes) -> Attachment:
        """The attachment of a direct upload, which has its bytes from the start."""
        attachment_id = self.generate_attachment_id(mime_type, {})
        self.files[attachment_id] = Upload("POST", {}, content)
        return FileAttachment(id=attachment_id, name=name, mime_type=mime_type)
