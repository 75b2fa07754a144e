-- Requests of each key in its current window, counted by all replicas together. Unlogged: a crash forgets a minute's
-- counts, and in return no request waits for the disk.
CREATE UNLOGGED TABLE rate_limits (
    key text PRIMARY KEY,
    window_start timestamptz NOT NULL,
    used integer NOT NULL CHECK (used > 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE rate_limits IS 'One row a key that has ever asked; counting stops one above the limit.';
