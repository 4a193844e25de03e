-- Wrapped keys and the ledger of deletions, in a database of their own: neither this one's backups nor the data's hold both.
--   prodops_keyring_owner  owns everything, never serves a request
--   prodops_keyring        reads and changes keys, adds to the ledger
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['prodops_keyring_owner', 'prodops_keyring'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- made at the same time for another database
        END;
    END LOOP;
    IF NOT pg_has_role(current_user, 'prodops_keyring_owner', 'MEMBER') THEN
        EXECUTE format('GRANT prodops_keyring_owner TO %I', current_user);
    END IF;
END
$$;

ALTER SCHEMA prodops_keyring OWNER TO prodops_keyring_owner;
REVOKE ALL ON SCHEMA prodops_keyring FROM PUBLIC;
GRANT USAGE ON SCHEMA prodops_keyring TO prodops_keyring;

SET LOCAL ROLE prodops_keyring_owner;

CREATE TABLE prodops_keyring.stamp (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    environment text NOT NULL,
    schema_version integer NOT NULL
);
-- `kind` 0 is a root, 1 a data key, 2 a key that is sealed under one. `owner` is the workspace, or zeros for the deployment.
-- `record` is text, as in a keyring file: every key in it is wrapped.
CREATE TABLE prodops_keyring.entry (
    kind smallint,
    owner uuid,
    name bytea,
    record text NOT NULL,
    CONSTRAINT keyring_entry_key PRIMARY KEY (kind, owner, name)
);
-- The lines of the ledger. Nobody changes or removes one.
CREATE TABLE prodops_keyring.deletion (
    line bigint CONSTRAINT deletion_key PRIMARY KEY,
    text text NOT NULL
);
GRANT SELECT ON prodops_keyring.stamp TO prodops_keyring;
GRANT SELECT, INSERT, DELETE, UPDATE (record) ON prodops_keyring.entry TO prodops_keyring;
GRANT SELECT, INSERT ON prodops_keyring.deletion TO prodops_keyring;

RESET ROLE;
