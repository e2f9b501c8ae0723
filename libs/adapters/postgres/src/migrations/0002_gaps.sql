-- Up Migration
-- Ranges of a stage's input that the stage never reads: lost to retention, skipped by a reset. One row for each record
-- that tells of one, so that reading it again changes nothing.
CREATE TABLE docstream.gaps (
  source         text COLLATE "C" PRIMARY KEY,
  topic          text COLLATE "C" NOT NULL,
  partition      integer NOT NULL,
  from_offset    bigint NOT NULL,
  to_offset      bigint NOT NULL,
  consumer_group text COLLATE "C" NOT NULL,
  state          text NOT NULL,
  at             timestamptz NOT NULL,
  audit_id       text,
  error          jsonb NOT NULL
);
CREATE INDEX gaps_by_range ON docstream.gaps (topic, partition, from_offset, to_offset);

-- Runs on their way: what the audit looks at, however many have ended.
CREATE INDEX runs_open ON docstream.runs (document_id, run) WHERE state IN ('accepted', 'parsed', 'classified');
CREATE INDEX tombstones_open ON docstream.tombstones (document_id, run)
  WHERE state IN ('accepted', 'parsed', 'classified');

-- Down Migration
DROP INDEX docstream.runs_open, docstream.tombstones_open;
DROP TABLE docstream.gaps;
