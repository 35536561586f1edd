-- Tables of the silos that form one city, and the statements by which Orleans' ADO.NET providers use them: the providers look
-- their statements up in OrleansQuery by key. A statement here is one SQL statement, so it is atomic without a transaction.
CREATE TABLE OrleansQuery (
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- Membership: one row a city with a version that every change must raise, one row for each life of each silo.
CREATE TABLE silo_version (
    city text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE silo (
    city text NOT NULL REFERENCES silo_version,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    gateway_port integer,
    suspect_times text,
    started_at timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    PRIMARY KEY (city, address, port, generation)
);

-- Grain states, written by PostgresStates.cs: an empty state is a cleared one, its row stays, so that its etag goes on counting.
CREATE TABLE grain_state (
    city text NOT NULL,
    name text NOT NULL,
    id text NOT NULL,
    etag bigint NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (city, name, id)
);

CREATE TABLE reminder (
    city text NOT NULL,
    grain text NOT NULL,
    name text NOT NULL,
    start_at timestamptz NOT NULL,
    period bigint NOT NULL,
    -- The grain's place on the ring, as a signed number: the provider says which comparison it wants.
    ring integer NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (city, grain, name)
);
CREATE INDEX reminder_by_ring ON reminder (city, ring);
-- One for all: a reminder that was removed and made again is not taken for the old one.
CREATE SEQUENCE reminder_version AS integer CYCLE;

INSERT INTO OrleansQuery VALUES ('InsertMembershipVersionKey', $$
    WITH added AS (INSERT INTO silo_version (city) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM added
$$);

-- The version's row is the lock: who raises it first wins, the others change nothing and read again.
INSERT INTO OrleansQuery VALUES ('InsertMembershipKey', $$
    WITH raised AS (
        UPDATE silo_version SET version = version + 1 WHERE city = @DeploymentId AND version = @Version
            AND NOT EXISTS (SELECT 1 FROM silo WHERE city = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    added AS (
        INSERT INTO silo (city, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
        SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM raised
        RETURNING 1)
    SELECT count(*)::integer FROM added
$$);

INSERT INTO OrleansQuery VALUES ('UpdateMembershipKey', $$
    WITH raised AS (
        UPDATE silo_version SET version = version + 1 WHERE city = @DeploymentId AND version = @Version
            AND EXISTS (SELECT 1 FROM silo WHERE city = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    changed AS (
        UPDATE silo SET status = @Status, suspect_times = @SuspectTimes, alive_at = @IAmAliveTime
        WHERE city = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND EXISTS (SELECT 1 FROM raised)
        RETURNING 1)
    SELECT count(*)::integer FROM changed
$$);

INSERT INTO OrleansQuery VALUES ('UpdateIAmAlivetimeKey', $$
    UPDATE silo SET alive_at = @IAmAliveTime
    WHERE city = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$);

-- The version comes also when there is no silo.
INSERT INTO OrleansQuery VALUES ('MembershipReadAllKey', $$
    SELECT v.city AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName,
        s.host_name AS HostName, s.status AS Status, s.gateway_port AS ProxyPort, s.suspect_times AS SuspectTimes,
        s.started_at AS StartTime, s.alive_at AS IAmAliveTime, v.version AS Version
    FROM silo_version v LEFT JOIN silo s ON s.city = v.city
    WHERE v.city = @DeploymentId
$$);

INSERT INTO OrleansQuery VALUES ('MembershipReadRowKey', $$
    SELECT v.city AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName,
        s.host_name AS HostName, s.status AS Status, s.gateway_port AS ProxyPort, s.suspect_times AS SuspectTimes,
        s.started_at AS StartTime, s.alive_at AS IAmAliveTime, v.version AS Version
    FROM silo_version v LEFT JOIN silo s ON s.city = v.city AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE v.city = @DeploymentId
$$);

INSERT INTO OrleansQuery VALUES ('GatewaysQueryKey', $$
    SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
    FROM silo WHERE city = @DeploymentId AND status = @Status AND gateway_port > 0
$$);

-- 3: active. A silo that says nothing any more is never forgotten before the others have declared it dead.
INSERT INTO OrleansQuery VALUES ('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM silo WHERE city = @DeploymentId AND alive_at < @IAmAliveTime AND status <> 3
$$);

INSERT INTO OrleansQuery VALUES ('DeleteMembershipTableEntriesKey', $$
    WITH silos AS (DELETE FROM silo WHERE city = @DeploymentId)
    DELETE FROM silo_version WHERE city = @DeploymentId
$$);

INSERT INTO OrleansQuery VALUES ('UpsertReminderRowKey', $$
    INSERT INTO reminder (city, grain, name, start_at, period, ring, version)
    VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, nextval('reminder_version')::integer)
    ON CONFLICT (city, grain, name) DO UPDATE SET start_at = excluded.start_at, period = excluded.period, version = excluded.version
    RETURNING version AS version
$$);

INSERT INTO OrleansQuery VALUES ('ReadReminderRowsKey', $$
    SELECT grain AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM reminder WHERE city = @ServiceId AND grain = @GrainId
$$);

INSERT INTO OrleansQuery VALUES ('ReadReminderRowKey', $$
    SELECT grain AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM reminder WHERE city = @ServiceId AND grain = @GrainId AND name = @ReminderName
$$);

-- (begin, end], begin below end.
INSERT INTO OrleansQuery VALUES ('ReadRangeRows1Key', $$
    SELECT grain AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM reminder WHERE city = @ServiceId AND ring > @BeginHash AND ring <= @EndHash
$$);

-- (begin, end] over the ring's end.
INSERT INTO OrleansQuery VALUES ('ReadRangeRows2Key', $$
    SELECT grain AS GrainId, name AS ReminderName, start_at AS StartTime, period AS Period, version AS Version
    FROM reminder WHERE city = @ServiceId AND (ring > @BeginHash OR ring <= @EndHash)
$$);

INSERT INTO OrleansQuery VALUES ('DeleteReminderRowKey', $$
    WITH gone AS (
        DELETE FROM reminder WHERE city = @ServiceId AND grain = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1)
    SELECT count(*)::integer FROM gone
$$);

INSERT INTO OrleansQuery VALUES ('DeleteReminderRowsKey', $$
    DELETE FROM reminder WHERE city = @ServiceId
$$);
