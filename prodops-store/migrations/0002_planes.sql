-- The three planes. In the open: ids, instants, enums, numbers and keyed hashes. Everything else is in `sealed`, under the
-- data key that `key_id` names. Instants are milliseconds since 1970, as everywhere in ProdOps.
SET LOCAL ROLE prodops_owner;

-- Control: no facts, and not distributed.

CREATE TABLE prodops_control.proof (
    singleton boolean CONSTRAINT proof_key PRIMARY KEY DEFAULT true CHECK (singleton),
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.workspace (
    id uuid CONSTRAINT workspace_key PRIMARY KEY,
    slug_hash bytea NOT NULL CONSTRAINT workspace_slug_key UNIQUE,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.lease (
    id uuid CONSTRAINT lease_key PRIMARY KEY,
    workspace_id uuid NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.audit_event (
    seq bigint CONSTRAINT deployment_event_key PRIMARY KEY,
    actor bytea,
    object bytea,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX ON prodops_control.lease (workspace_id);
CREATE INDEX ON prodops_control.audit_event (actor, seq);
CREATE INDEX ON prodops_control.audit_event (object, seq);
CREATE TABLE prodops_control.audit_head (
    singleton boolean CONSTRAINT deployment_head_key PRIMARY KEY DEFAULT true CHECK (singleton),
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
-- `log` is the workspace, or zeros for the deployment.
CREATE TABLE prodops_control.audit_queue (
    log uuid,
    seq bigint,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT audit_queue_key PRIMARY KEY (log, seq)
);
CREATE TABLE prodops_control.audit_leaf (
    index bigint CONSTRAINT audit_leaf_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.audit_tree (
    singleton boolean CONSTRAINT audit_tree_key PRIMARY KEY DEFAULT true CHECK (singleton),
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.audit_checkpoint (
    size bigint CONSTRAINT audit_checkpoint_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);

-- Who may write through a connection. The epoch outlives the lease, so that it never repeats.
CREATE TABLE prodops_control.hold (
    workspace_id uuid,
    connection_id uuid,
    epoch bigint NOT NULL,
    lease_id uuid,
    CONSTRAINT hold_key PRIMARY KEY (workspace_id, connection_id)
);
-- Background work. `owner` is the workspace, or zeros for the deployment; `what` a keyed hash of kind and subject; `state` 0
-- waits, 1 runs, 2 is a dead letter.
CREATE TABLE prodops_control.job (
    id uuid CONSTRAINT job_key PRIMARY KEY,
    owner uuid NOT NULL,
    what bytea NOT NULL,
    state smallint NOT NULL,
    priority smallint NOT NULL,
    due_ms bigint NOT NULL,
    expires_ms bigint,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT job_what_key UNIQUE (owner, what)
);
CREATE INDEX ON prodops_control.job (owner, priority, due_ms, id) WHERE state = 0;
CREATE INDEX ON prodops_control.job (owner) WHERE state = 1;
CREATE INDEX ON prodops_control.job (expires_ms) WHERE state = 1;
CREATE INDEX ON prodops_control.job (id) WHERE state = 2;
CREATE INDEX ON prodops_control.job (owner, id);
-- The line that owners of jobs stand in: the smallest place is next.
CREATE TABLE prodops_control.job_turn (
    owner uuid CONSTRAINT job_turn_key PRIMARY KEY,
    place bigint NOT NULL
);
CREATE INDEX ON prodops_control.job_turn (place);
CREATE TABLE prodops_control.heartbeat (
    worker uuid CONSTRAINT heartbeat_key PRIMARY KEY,
    at_ms bigint NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_control.tombstone (
    subject bytea CONSTRAINT tombstone_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
-- What has to be deleted at AI providers: tag and kind.
CREATE TABLE prodops_control.remote_object (
    object bytea CONSTRAINT remote_object_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
-- One row while a restore is not finished.
CREATE TABLE prodops_control.restore (
    singleton boolean CONSTRAINT restore_key PRIMARY KEY DEFAULT true CHECK (singleton),
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);

-- Identity: exact keys only.

CREATE TABLE prodops_identity.account (
    id uuid CONSTRAINT account_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_identity.subject (
    hash bytea CONSTRAINT subject_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT subject_of_user REFERENCES prodops_identity.account,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX ON prodops_identity.subject (user_id);
CREATE TABLE prodops_identity.membership (
    user_id uuid CONSTRAINT membership_of_user REFERENCES prodops_identity.account,
    workspace_id uuid CONSTRAINT membership_in_workspace REFERENCES prodops_control.workspace,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT membership_key PRIMARY KEY (user_id, workspace_id)
);
CREATE INDEX ON prodops_identity.membership (workspace_id);
CREATE TABLE prodops_identity.session (
    user_id uuid CONSTRAINT session_of_user REFERENCES prodops_identity.account,
    id uuid,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT session_key PRIMARY KEY (user_id, id)
);
CREATE TABLE prodops_identity.session_token (
    hash bytea CONSTRAINT session_token_key PRIMARY KEY,
    user_id uuid NOT NULL,
    session_id uuid NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT token_of_session FOREIGN KEY (user_id, session_id)
        REFERENCES prodops_identity.session ON DELETE CASCADE
);
CREATE INDEX ON prodops_identity.session_token (user_id, session_id);
-- One row counts revocations, every other one is the mark of a subject.
CREATE TABLE prodops_identity.revocation (
    subject bytea CONSTRAINT revocation_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops_identity.api_token (
    hash bytea CONSTRAINT api_token_key PRIMARY KEY,
    membership_id uuid NOT NULL,
    id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT api_token_of_membership_key UNIQUE (membership_id, id)
);
CREATE INDEX ON prodops_identity.api_token (workspace_id);
CREATE TABLE prodops_identity.sign_in_link (
    hash bytea CONSTRAINT sign_in_link_key PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT sign_in_link_of_user REFERENCES prodops_identity.account,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);

CREATE INDEX ON prodops_identity.sign_in_link (user_id);

-- Workspace: `workspace_id` leads every key. Facts have no foreign keys, ingest locks their repository instead.

-- `state` 0 is active, 1 disconnected: a list can ask for it.
CREATE TABLE prodops.connection (
    workspace_id uuid,
    id uuid,
    version bigint NOT NULL,
    state smallint NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT connection_key PRIMARY KEY (workspace_id, id)
);
CREATE TABLE prodops.cursor (
    workspace_id uuid,
    connection_id uuid,
    stream bytea,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT cursor_key PRIMARY KEY (workspace_id, connection_id, stream),
    CONSTRAINT cursor_of_connection FOREIGN KEY (workspace_id, connection_id) REFERENCES prodops.connection
);
-- `digest` is a keyed hash of the whole row: equal when nothing changed.
CREATE TABLE prodops.repository (
    workspace_id uuid,
    id uuid,
    connection_id uuid NOT NULL,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT repository_key PRIMARY KEY (workspace_id, id),
    CONSTRAINT repository_of_connection FOREIGN KEY (workspace_id, connection_id) REFERENCES prodops.connection
);
CREATE INDEX ON prodops.repository (workspace_id, connection_id);
CREATE TABLE prodops.person (
    workspace_id uuid,
    id uuid,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT person_key PRIMARY KEY (workspace_id, id)
);
-- Whose name no batch may bring back.
CREATE TABLE prodops.erased_person (
    workspace_id uuid,
    id uuid,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT erased_person_key PRIMARY KEY (workspace_id, id)
);
CREATE TABLE prodops.commit_fact (
    workspace_id uuid,
    repository_id uuid,
    id bytea,
    committed_ms bigint NOT NULL,
    author_id uuid,
    added bigint NOT NULL,
    deleted bigint NOT NULL,
    files integer NOT NULL,
    label smallint,
    bot boolean NOT NULL,
    merge boolean NOT NULL,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT commit_fact_key PRIMARY KEY (workspace_id, repository_id, id)
);
-- What a dashboard adds up, without a look at the table.
CREATE INDEX ON prodops.commit_fact (workspace_id, committed_ms)
    INCLUDE (repository_id, author_id, added, deleted, files, label, bot, merge);
CREATE TABLE prodops.coverage (
    workspace_id uuid,
    repository_id uuid,
    entity smallint,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT coverage_key PRIMARY KEY (workspace_id, repository_id, entity),
    CONSTRAINT coverage_of_repository FOREIGN KEY (workspace_id, repository_id) REFERENCES prodops.repository
);
-- Labels that commits were given by an AI provider or a person: commit and which of the two.
CREATE TABLE prodops.assigned_label (
    workspace_id uuid,
    repository_id uuid,
    given bytea,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT assigned_label_key PRIMARY KEY (workspace_id, repository_id, given),
    CONSTRAINT assigned_label_of_repository FOREIGN KEY (workspace_id, repository_id) REFERENCES prodops.repository
);
-- What commits do to lines, and the snapshot: `entry` is part, walk and place.
CREATE TABLE prodops.line_log (
    workspace_id uuid,
    repository_id uuid,
    entry bytea,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT line_log_key PRIMARY KEY (workspace_id, repository_id, entry),
    CONSTRAINT line_log_of_repository FOREIGN KEY (workspace_id, repository_id) REFERENCES prodops.repository
);
-- Files at the heads of repositories: `path` is its keyed hash.
CREATE TABLE prodops.tip_file (
    workspace_id uuid,
    repository_id uuid,
    path bytea,
    digest bytea NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT tip_file_key PRIMARY KEY (workspace_id, repository_id, path),
    CONSTRAINT tip_file_of_repository FOREIGN KEY (workspace_id, repository_id) REFERENCES prodops.repository
);
CREATE TABLE prodops.audit_event (
    workspace_id uuid,
    seq bigint,
    actor bytea,
    object bytea,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT audit_event_key PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX ON prodops.audit_event (workspace_id, actor, seq);
CREATE INDEX ON prodops.audit_event (workspace_id, object, seq);
CREATE TABLE prodops.audit_head (
    workspace_id uuid CONSTRAINT audit_head_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
-- What the workspace lets AI providers be asked.
CREATE TABLE prodops.ai_use (
    workspace_id uuid CONSTRAINT ai_use_key PRIMARY KEY,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL
);
CREATE TABLE prodops.permit_count (
    workspace_id uuid,
    hour_ms bigint,
    what bytea,
    count bigint NOT NULL,
    key_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT permit_count_key PRIMARY KEY (workspace_id, hour_ms, what)
);

RESET ROLE;
