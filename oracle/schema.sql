-- The store, schema version 2. Statements end with a semicolon at the end of a line.
CREATE TABLE campaigns (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    settings TEXT NOT NULL,
    version TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL
);
-- Seeds are decimal text: they may need more than the 64 bits of a SQLite integer.
CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    generator TEXT NOT NULL,
    seed TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    program_hash TEXT,
    UNIQUE (campaign, generator, seed, options)
);
CREATE INDEX units_by_state ON units (campaign, state, id);
CREATE INDEX units_by_seed ON units (generator, seed);
CREATE TABLE results (
    unit INTEGER NOT NULL REFERENCES units (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    compile_cpu REAL NOT NULL,
    run_cpu REAL NOT NULL,
    PRIMARY KEY (unit, subject)
);
-- Where the CPU time of a unit went: generation, reference compile, reference run.
CREATE TABLE timings (
    unit INTEGER NOT NULL REFERENCES units (id) ON DELETE CASCADE,
    phase TEXT NOT NULL,
    cpu REAL NOT NULL,
    PRIMARY KEY (unit, phase)
);
CREATE TABLE reference_votes (
    program_hash TEXT NOT NULL,
    identity TEXT NOT NULL,
    reference TEXT NOT NULL,
    family TEXT NOT NULL,
    voice TEXT NOT NULL,
    exit_code INTEGER,
    stdout BLOB,
    detail TEXT NOT NULL,
    cpu_seconds REAL NOT NULL,
    PRIMARY KEY (program_hash, identity)
);
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    unit INTEGER REFERENCES units (id) ON DELETE SET NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    signature TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    program BLOB NOT NULL,
    record TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE sightings (
    finding INTEGER NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    unit INTEGER NOT NULL REFERENCES units (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    PRIMARY KEY (finding, unit, subject)
);
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    campaign TEXT NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL
);
