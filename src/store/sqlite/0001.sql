-- Version 1: threads with their items, attachments, and how often the store was begun with a seed.
CREATE TABLE chatkit_threads (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    owner      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    json       TEXT NOT NULL
) STRICT;
CREATE INDEX chatkit_threads_of_everyone ON chatkit_threads (created_at, seq);
CREATE INDEX chatkit_threads_of_owner ON chatkit_threads (owner, created_at, seq);

CREATE TABLE chatkit_items (
    seq    INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL REFERENCES chatkit_threads (seq) ON DELETE CASCADE,
    id     TEXT NOT NULL,
    hidden INTEGER NOT NULL,
    json   TEXT NOT NULL,
    UNIQUE (thread, id)
) STRICT;
CREATE INDEX chatkit_items_in_order ON chatkit_items (thread, seq, hidden);

CREATE TABLE chatkit_attachments (
    id    TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    json  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE chatkit_runs (
    count INTEGER NOT NULL
) STRICT;
INSERT INTO chatkit_runs VALUES (0);
