-- Version 2: notes, which go with their thread or when they are swept, and bytes that go with a note.
CREATE TABLE chatkit_notes (
    key     TEXT COLLATE "C" PRIMARY KEY,
    thread  BIGINT REFERENCES chatkit_threads (seq) ON DELETE CASCADE,
    expires BIGINT NOT NULL,
    json    TEXT NOT NULL
);
CREATE INDEX chatkit_notes_of_thread ON chatkit_notes (thread) WHERE thread IS NOT NULL;
CREATE INDEX chatkit_notes_by_end ON chatkit_notes (expires);

CREATE TABLE chatkit_chunks (
    note   TEXT COLLATE "C" NOT NULL REFERENCES chatkit_notes (key) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    bytes  BYTEA NOT NULL,
    UNIQUE (note, number)
);
-- Most files are packed already, and trying to pack them again costs more than it saves.
ALTER TABLE chatkit_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
