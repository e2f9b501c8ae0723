-- Up Migration
-- Ids are compared as bytes: ULIDs order by time then, and prefixes of document ids use the index.

-- One row per passage of a document through the stages. State and detail are each decided by the highest evidence
-- (rank, then time and coordinates of the record), so that rows do not depend on the order in which topics are read.
CREATE TABLE docstream.runs (
  document_id    text COLLATE "C" NOT NULL,
  run            text COLLATE "C" NOT NULL,
  tenant         text COLLATE "C" NOT NULL,
  state          text NOT NULL,
  rank           smallint NOT NULL,
  state_at       timestamptz NOT NULL,
  state_source   text COLLATE "C" NOT NULL,
  error          jsonb,
  detail_rank    smallint NOT NULL,
  detail_at      timestamptz NOT NULL,
  detail_source  text COLLATE "C" NOT NULL,
  file_name      text,
  sha256         text,
  bytes          bigint,
  media_type     text,
  quality        text,
  page_count     bigint,
  language       text,
  classification jsonb,
  fields         jsonb,
  extractor      text,
  parsed_sha256  text COLLATE "C",
  accepted_at    timestamptz NOT NULL,
  received_at    timestamptz,
  updated_at     timestamptz NOT NULL,
  PRIMARY KEY (document_id, run)
);

-- Which documents share a blob of parsed text: erasing one must not take it from the other.
CREATE INDEX runs_by_parsed_text ON docstream.runs (parsed_sha256) WHERE parsed_sha256 IS NOT NULL;

-- The newest run of each document, as lists show it.
CREATE TABLE docstream.documents (
  tenant      text COLLATE "C" NOT NULL,
  document_id text COLLATE "C" NOT NULL,
  run         text COLLATE "C" NOT NULL,
  state       text NOT NULL,
  quality     text,
  type        text,
  confidence  double precision,
  file_name   text,
  accepted_at timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, document_id)
);
CREATE INDEX documents_newest ON docstream.documents (tenant, run DESC, document_id DESC);
CREATE INDEX documents_by_state ON docstream.documents (tenant, state, run DESC, document_id DESC);
CREATE INDEX documents_by_type ON docstream.documents (tenant, type, run DESC, document_id DESC);

-- Every submission of the same bytes.
CREATE TABLE docstream.submissions (
  document_id  text COLLATE "C" NOT NULL,
  run          text COLLATE "C" NOT NULL,
  tenant       text COLLATE "C" NOT NULL,
  source       text COLLATE "C" NOT NULL,
  id           text COLLATE "C" NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (document_id, run, source, id)
);

-- Every record that was applied. Ids and coordinates only, no content: it stays when a document is erased, so that
-- what became of each record on a topic can be proved.
CREATE TABLE docstream.timeline (
  topic       text COLLATE "C" NOT NULL,
  partition   integer NOT NULL,
  "offset"    bigint NOT NULL,
  document_id text COLLATE "C" NOT NULL,
  run         text COLLATE "C" NOT NULL,
  tenant      text COLLATE "C" NOT NULL,
  event       text NOT NULL,
  at          timestamptz NOT NULL,
  run_ms      double precision,
  PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX timeline_of_run ON docstream.timeline (document_id, run);

-- Where each group goes on. The truth for the store; Kafka's committed offset follows it.
CREATE TABLE docstream.positions (
  consumer_group text COLLATE "C" NOT NULL,
  topic          text COLLATE "C" NOT NULL,
  partition      integer NOT NULL,
  next_offset    bigint,
  epoch          bigint NOT NULL,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50);

-- What is left of an erased document: that it was there, which end its runs reached, and the names of their blobs, so
-- that an erasure that failed half-way, or that a late event came after, can be repeated.
CREATE TABLE docstream.tombstones (
  document_id   text COLLATE "C" NOT NULL,
  run           text COLLATE "C" NOT NULL,
  tenant        text COLLATE "C" NOT NULL,
  state         text NOT NULL,
  rank          smallint NOT NULL,
  state_at      timestamptz NOT NULL,
  state_source  text COLLATE "C" NOT NULL,
  sha256        text COLLATE "C",
  parsed_sha256 text COLLATE "C",
  accepted_at   timestamptz NOT NULL,
  erased_at     timestamptz NOT NULL,
  PRIMARY KEY (document_id, run)
);

-- What operators did and what was lost: resets, lost ranges.
CREATE TABLE docstream.audit (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL DEFAULT now(),
  kind           text NOT NULL,
  consumer_group text,
  topic          text,
  partition      integer,
  from_offset    bigint,
  to_offset      bigint,
  facts          jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_kind ON docstream.audit (kind, id);

-- Down Migration
DROP TABLE docstream.audit, docstream.tombstones, docstream.positions, docstream.timeline, docstream.submissions,
  docstream.documents, docstream.runs;
