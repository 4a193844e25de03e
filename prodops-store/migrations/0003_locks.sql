-- The second lock: rights by role, and row-level security on everything that a workspace owns.
SET LOCAL ROLE prodops_owner;

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT c.oid::regclass AS name, n.nspname AS plane,
                    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'sealed') AS is_sealed
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname IN ('prodops', 'prodops_identity', 'prodops_control') AND c.relkind = 'r'
               AND c.relname NOT IN ('stamp', 'migration')
    LOOP
        EXECUTE format('GRANT SELECT ON %s TO prodops_backup', t.name);
        IF t.plane = 'prodops' THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', t.name);
            EXECUTE format('CREATE POLICY own_workspace ON %s TO prodops_app, prodops_control, prodops_purger '
                           'USING (workspace_id = prodops.current_workspace()) '
                           'WITH CHECK (workspace_id = prodops.current_workspace())', t.name);
            EXECUTE format('CREATE POLICY backup ON %s FOR SELECT TO prodops_backup USING (true)', t.name);
            EXECUTE format('GRANT SELECT, DELETE ON %s TO prodops_purger', t.name);
        ELSE
            EXECUTE format('GRANT SELECT ON %s TO prodops_purger', t.name);
        END IF;
        IF t.is_sealed THEN
            -- Sealed bytes do not compress: do not try.
            EXECUTE format('ALTER TABLE %s ALTER COLUMN sealed SET STORAGE EXTERNAL', t.name);
            EXECUTE format('GRANT UPDATE (key_id, sealed) ON %s TO prodops_purger', t.name);
            -- Which rows a key still seals is asked before the key is destroyed.
            EXECUTE format('CREATE INDEX ON %s (%s)', t.name,
                           CASE t.plane WHEN 'prodops' THEN 'workspace_id, key_id' ELSE 'key_id' END);
        END IF;
    END LOOP;
END
$$;

-- The queue is written from inside a workspace, and read by the sequencer.
ALTER TABLE prodops_control.audit_queue ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON prodops_control.audit_queue FOR INSERT TO prodops_app
    WITH CHECK (log = prodops.current_workspace());
CREATE POLICY sequencer ON prodops_control.audit_queue TO prodops_control, prodops_purger, prodops_backup
    USING (true) WITH CHECK (true);

-- So does ingest look at who holds a connection, of its own workspace only.
ALTER TABLE prodops_control.hold ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON prodops_control.hold TO prodops_app
    USING (workspace_id = prodops.current_workspace()) WITH CHECK (workspace_id = prodops.current_workspace());
CREATE POLICY control ON prodops_control.hold TO prodops_control, prodops_purger, prodops_backup
    USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE (version, state, key_id, sealed) ON prodops.connection TO prodops_app;
-- Locking a row for share asks for the right to change some column of it.
GRANT SELECT, UPDATE (lease_id) ON prodops_control.hold TO prodops_app;
GRANT SELECT, INSERT, UPDATE (epoch, lease_id) ON prodops_control.hold TO prodops_control;
GRANT SELECT, INSERT, UPDATE (key_id, sealed) ON prodops.cursor, prodops.ai_use TO prodops_app;
GRANT SELECT, INSERT, UPDATE (digest, key_id, sealed) ON prodops.repository, prodops.person, prodops.coverage
    TO prodops_app;
GRANT SELECT, INSERT, DELETE,
    UPDATE (committed_ms, author_id, added, deleted, files, label, bot, merge, digest, key_id, sealed)
    ON prodops.commit_fact TO prodops_app;
GRANT SELECT, INSERT, DELETE, UPDATE (digest, key_id, sealed) ON prodops.line_log, prodops.tip_file
    TO prodops_app;
-- Nothing in a log is ever overwritten by those who write it.
GRANT SELECT, INSERT ON prodops.audit_event TO prodops_app;
GRANT SELECT, INSERT, UPDATE (key_id, sealed) ON prodops.audit_head TO prodops_app;
GRANT SELECT, INSERT, UPDATE (count) ON prodops.permit_count TO prodops_app;
GRANT SELECT, INSERT ON prodops.erased_person TO prodops_app;
GRANT SELECT, INSERT, DELETE, UPDATE (key_id, sealed) ON prodops.assigned_label TO prodops_app;
-- What is decided about a workspace is an entry of its own log.
GRANT SELECT, INSERT ON prodops.audit_event TO prodops_control;
GRANT SELECT, INSERT, UPDATE (key_id, sealed) ON prodops.audit_head TO prodops_control;
GRANT UPDATE (actor, object) ON prodops.audit_event TO prodops_purger;

GRANT SELECT, INSERT, DELETE ON prodops_identity.account, prodops_identity.subject TO prodops_identity;
GRANT SELECT, INSERT, DELETE, UPDATE (key_id, sealed)
    ON prodops_identity.membership, prodops_identity.revocation TO prodops_identity;
GRANT SELECT, INSERT, DELETE, UPDATE (key_id, sealed)
    ON prodops_identity.session, prodops_identity.session_token, prodops_identity.api_token TO prodops_identity;
GRANT SELECT, INSERT, DELETE ON prodops_identity.sign_in_link TO prodops_identity;
GRANT SELECT ON prodops_control.workspace TO prodops_identity;

GRANT SELECT, INSERT ON prodops_control.proof, prodops_control.audit_event, prodops_control.audit_leaf
    TO prodops_control;
GRANT SELECT, INSERT, UPDATE (key_id, sealed) ON prodops_control.workspace TO prodops_control;
GRANT SELECT, INSERT, DELETE, UPDATE ON prodops_control.job, prodops_control.job_turn, prodops_control.heartbeat,
    prodops_control.tombstone, prodops_control.remote_object, prodops_control.restore TO prodops_control;
GRANT SELECT, INSERT, DELETE, UPDATE (key_id, sealed) ON prodops_control.lease TO prodops_control;
GRANT SELECT, INSERT, UPDATE (key_id, sealed)
    ON prodops_control.audit_head, prodops_control.audit_tree, prodops_control.audit_checkpoint TO prodops_control;
GRANT SELECT, INSERT, DELETE ON prodops_control.audit_queue TO prodops_control;
GRANT INSERT ON prodops_control.audit_queue TO prodops_app;
GRANT UPDATE (actor, object) ON prodops_control.audit_event TO prodops_purger;
-- A workspace goes with all that names it.
GRANT DELETE ON prodops_identity.membership, prodops_identity.revocation, prodops_identity.api_token,
    prodops_control.workspace, prodops_control.lease, prodops_control.hold, prodops_control.job,
    prodops_control.job_turn TO prodops_purger;
-- A workspace comes with its first member.
GRANT SELECT, INSERT, UPDATE (key_id, sealed) ON prodops_identity.membership TO prodops_control;
GRANT SELECT, UPDATE (key_id, sealed) ON prodops_identity.session TO prodops_control;

RESET ROLE;
