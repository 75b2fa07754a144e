-- Requests of each key in its current window; all replicas count together. A replica takes a share of several requests at
-- once and uses it up without PostgreSQL. The table is unlogged: a crash loses the counts of a minute, but no request waits
-- for the disk.
CREATE UNLOGGED TABLE rate_limits (
    key text PRIMARY KEY,
    window_start timestamptz NOT NULL,
    used integer NOT NULL CHECK (used >= 0),
    share integer NOT NULL CHECK (share >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE rate_limits IS 'One row per key that has ever sent a request. used counts the requests of all shares that replicas have taken and not returned; share is the size of the last one.';
