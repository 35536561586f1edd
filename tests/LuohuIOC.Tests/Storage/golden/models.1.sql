-- models.db as the first version wrote it. Never edited: later versions must go on from it.
CREATE TABLE model (
    sensor TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, rows INTEGER NOT NULL, threshold REAL NOT NULL,
    evaluation TEXT, file BLOB NOT NULL, PRIMARY KEY (sensor, version)) WITHOUT ROWID;
CREATE TABLE active (sensor TEXT PRIMARY KEY, version INTEGER NOT NULL, newest INTEGER NOT NULL, pinned INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO model VALUES ('wq-0001', 3, 1732233600000, 20160, 4.25, NULL, x'00');
INSERT INTO active VALUES ('wq-0001', 3, 3, 1);
PRAGMA user_version = 1;
