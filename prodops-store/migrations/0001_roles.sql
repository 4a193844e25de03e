-- Who may do what. Roles belong to the cluster; several databases of one cluster share them.
--   prodops_owner     owns everything, never serves a request
--   prodops_app       the workspace plane, one workspace at a time
--   prodops_identity  users, sessions, memberships
--   prodops_control   the registry, leases, the audit tree; no facts
--   prodops_purger    erases and seals anew, one workspace at a time
--   prodops_backup    reads everything, changes nothing
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['prodops_owner', 'prodops_app', 'prodops_identity', 'prodops_control',
                                'prodops_purger', 'prodops_backup'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', name);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- made at the same time for another database
        END;
    END LOOP;
    IF NOT pg_has_role(current_user, 'prodops_owner', 'MEMBER') THEN
        EXECUTE format('GRANT prodops_owner TO %I', current_user);
    END IF;
END
$$;

-- Large batches come by way of a table that lasts for their transaction.
DO $$
BEGIN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO prodops_app', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'grant TEMPORARY on this database to prodops_app, as its owner';
END
$$;

-- What is set for a transaction must be visible in its text: SET LOCAL, never a function call that a query may hide.
DO $$
BEGIN
    REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO prodops_backup;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'set_config stays open to everybody: revoke it as a superuser';
END
$$;

ALTER SCHEMA prodops OWNER TO prodops_owner;
CREATE SCHEMA prodops_identity AUTHORIZATION prodops_owner;
CREATE SCHEMA prodops_control AUTHORIZATION prodops_owner;
REVOKE ALL ON SCHEMA prodops, prodops_identity, prodops_control FROM PUBLIC;
-- Who opens a store looks at its stamp before taking on a role.
GRANT USAGE ON SCHEMA prodops TO PUBLIC;
GRANT USAGE ON SCHEMA prodops_identity TO prodops_identity, prodops_control, prodops_purger, prodops_backup;
GRANT USAGE ON SCHEMA prodops_control
    TO prodops_app, prodops_identity, prodops_control, prodops_purger, prodops_backup;

SET LOCAL ROLE prodops_owner;

-- The workspace of this transaction; NULL, and with that no row at all, when none is set. After SET LOCAL has ended the
-- setting is the empty string.
CREATE FUNCTION prodops.current_workspace() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(pg_catalog.current_setting('prodops.workspace_id', true), '')::uuid;

-- What this database is: read before anything else.
CREATE TABLE prodops.stamp (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    environment text NOT NULL,
    schema_version integer NOT NULL
);
GRANT SELECT ON prodops.stamp TO PUBLIC;

RESET ROLE;
