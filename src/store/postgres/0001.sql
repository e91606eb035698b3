-- Version 1: threads with their items, attachments, and how often the store was begun with a seed.
CREATE TABLE chatkit_threads (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL UNIQUE,
    owner      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    json       TEXT NOT NULL
);
CREATE INDEX chatkit_threads_of_everyone ON chatkit_threads (created_at, seq);
CREATE INDEX chatkit_threads_of_owner ON chatkit_threads (owner, created_at, seq);

CREATE TABLE chatkit_items (
    seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    thread BIGINT NOT NULL REFERENCES chatkit_threads (seq) ON DELETE CASCADE,
    id     TEXT COLLATE "C" NOT NULL,
    hidden BOOLEAN NOT NULL,
    json   TEXT NOT NULL,
    UNIQUE (thread, id)
);
CREATE INDEX chatkit_items_in_order ON chatkit_items (thread, seq, hidden);

CREATE TABLE chatkit_attachments (
    id    TEXT COLLATE "C" PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    json  TEXT NOT NULL
);

CREATE TABLE chatkit_runs (
    count BIGINT NOT NULL
);
INSERT INTO chatkit_runs VALUES (0);
