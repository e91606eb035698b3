-- Version 2: notes, which go with their thread or when they are swept, and bytes that go with a note.
CREATE TABLE chatkit_notes (
    key     TEXT PRIMARY KEY,
    thread  INTEGER REFERENCES chatkit_threads (seq) ON DELETE CASCADE,
    expires INTEGER NOT NULL,
    json    TEXT NOT NULL
) STRICT;
CREATE INDEX chatkit_notes_of_thread ON chatkit_notes (thread) WHERE thread IS NOT NULL;
CREATE INDEX chatkit_notes_by_end ON chatkit_notes (expires);

CREATE TABLE chatkit_chunks (
    note   TEXT NOT NULL REFERENCES chatkit_notes (key) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    UNIQUE (note, number)
) STRICT;
