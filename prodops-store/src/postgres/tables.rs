//! Every table with sealed rows: whose rows they are, at which key each is sealed, and the statements that go through them.

use prodops_core::keyring::KeyOwner;
use sqlx::types::Uuid;

use super::frame::Sealed;
use super::value::id;
use super::{
    ai_use, api_tokens, commits, connections, control, identity, ingest, jobs, labels, leases, line_log, log,
    people, permits,
};
use super::{remote_objects, repositories, restore, sequence, sessions, tip_files, tombstones};

/// The statements of one table. The first parameter is the workspace, or NULL.
pub(super) struct Rows {
    pub(super) table: Sealed,
    /// Sets key and row where two columns of its key, as text, are the second and third parameter.
    pub(super) update: &'static str,
    /// How many are under the key of the second parameter.
    pub(super) count: &'static str,
    /// Two columns of its key as text, the key that it is sealed at, the row, and a number beside it, in the order of the key, beyond the second and third parameter.
    pub(super) page: &'static str,
}

macro_rules! rows {
    ($($table:expr, $name:literal: $own:literal, at $at:literal, by $order:literal > $beyond:literal,
       $first:literal = $first_is:literal $(, $second:literal = $second_is:literal)? $(, number $number:literal)?;)*) => {
        [$(Rows {
            table: $table,
            update: concat!(
                "UPDATE ", $name, " t SET key_id = r.key_id, sealed = r.sealed \
                 FROM unnest($2::text[], $3::text[], $4::uuid[], $5::bytea[]) AS r (first, second, key_id, sealed) \
                 WHERE ", $own, " AND ", $first_is, " AND ", rows!(@or "true" $(, $second_is)?)
            ),
            count: concat!("SELECT count(*) FROM ", $name, " WHERE ", $own, " AND key_id = $2"),
            page: concat!(
                "SELECT ", $first, ", ", rows!(@or "''" $(, $second)?), ", ", $at, ", sealed, ",
                rows!(@or "0::bigint" $(, $number)?), " FROM ", $name, " t WHERE ", $own,
                " AND ($2::text IS NULL OR (", $order, ") > (", $beyond, ")) ORDER BY ", $order, " LIMIT $4"
            ),
        }),*]
    };
    (@or $default:literal) => { $default };
    (@or $default:literal, $given:literal) => { $given };
}

/// What a workspace owns.
static OF_WORKSPACE: [Rows; 14] = rows! {
    connections::CONNECTIONS, "prodops.connection": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    ingest::CURSORS, "prodops.cursor": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(connection_id) || stream", by "t.connection_id, t.stream" > "$2::uuid, decode($3, 'hex')",
        "connection_id::text" = "t.connection_id = r.first::uuid",
        "encode(stream, 'hex')" = "t.stream = decode(r.second, 'hex')";
    repositories::REPOSITORIES, "prodops.repository": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    people::PEOPLE, "prodops.person": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    people::ERASED, "prodops.erased_person": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    commits::COMMITS, "prodops.commit_fact": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(repository_id) || id", by "t.repository_id, t.id" > "$2::uuid, decode($3, 'hex')",
        "repository_id::text" = "t.repository_id = r.first::uuid",
        "encode(id, 'hex')" = "t.id = decode(r.second, 'hex')";
    repositories::COVERAGE, "prodops.coverage": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(repository_id) || int2send(entity)", by "t.repository_id, t.entity" > "$2::uuid, $3::smallint",
        "repository_id::text" = "t.repository_id = r.first::uuid",
        "entity::text" = "t.entity = r.second::smallint";
    labels::LABELS, "prodops.assigned_label": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(repository_id) || given", by "t.repository_id, t.given" > "$2::uuid, decode($3, 'hex')",
        "repository_id::text" = "t.repository_id = r.first::uuid",
        "encode(given, 'hex')" = "t.given = decode(r.second, 'hex')";
    line_log::LINE_LOG, "prodops.line_log": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(repository_id) || entry", by "t.repository_id, t.entry" > "$2::uuid, decode($3, 'hex')",
        "repository_id::text" = "t.repository_id = r.first::uuid",
        "encode(entry, 'hex')" = "t.entry = decode(r.second, 'hex')";
    tip_files::TIP_FILES, "prodops.tip_file": "workspace_id = $1",
        at "uuid_send(workspace_id) || uuid_send(repository_id) || path", by "t.repository_id, t.path" > "$2::uuid, decode($3, 'hex')",
        "repository_id::text" = "t.repository_id = r.first::uuid",
        "encode(path, 'hex')" = "t.path = decode(r.second, 'hex')";
    log::EVENTS, "prodops.audit_event": "workspace_id = $1",
        at "uuid_send(workspace_id) || int8send(seq)", by "t.seq" > "$2::bigint",
        "seq::text" = "t.seq = r.first::bigint";
    log::HEADS, "prodops.audit_head": "workspace_id = $1",
        at "uuid_send(workspace_id)", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    ai_use::AI_USE, "prodops.ai_use": "workspace_id = $1",
        at "uuid_send(workspace_id)", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    permits::PERMITS, "prodops.permit_count": "workspace_id = $1",
        at "uuid_send(workspace_id) || int8send(hour_ms) || what", by "t.hour_ms, t.what" > "$2::bigint, decode($3, 'hex')",
        "hour_ms::text" = "t.hour_ms = r.first::bigint",
        "encode(what, 'hex')" = "t.what = decode(r.second, 'hex')", number "count";
};

/// The identity and control planes; what others refer to comes first.
static OF_DEPLOYMENT: [Rows; 22] = rows! {
    control::WORKSPACES, "prodops_control.workspace": "$1::uuid IS NULL",
        at "uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    identity::ACCOUNTS, "prodops_identity.account": "$1::uuid IS NULL",
        at "uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    identity::SUBJECTS, "prodops_identity.subject": "$1::uuid IS NULL",
        at "hash", by "t.hash" > "decode($2, 'hex')",
        "encode(hash, 'hex')" = "t.hash = decode(r.first, 'hex')";
    identity::MEMBERSHIPS, "prodops_identity.membership": "$1::uuid IS NULL",
        at "uuid_send(user_id) || uuid_send(workspace_id)", by "t.user_id, t.workspace_id" > "$2::uuid, $3::uuid",
        "user_id::text" = "t.user_id = r.first::uuid",
        "workspace_id::text" = "t.workspace_id = r.second::uuid";
    api_tokens::API_TOKENS, "prodops_identity.api_token": "$1::uuid IS NULL",
        at "hash", by "t.hash" > "decode($2, 'hex')",
        "encode(hash, 'hex')" = "t.hash = decode(r.first, 'hex')";
    sessions::SESSIONS, "prodops_identity.session": "$1::uuid IS NULL",
        at "uuid_send(user_id) || uuid_send(id)", by "t.user_id, t.id" > "$2::uuid, $3::uuid",
        "user_id::text" = "t.user_id = r.first::uuid",
        "id::text" = "t.id = r.second::uuid";
    sessions::TOKENS, "prodops_identity.session_token": "$1::uuid IS NULL",
        at "hash", by "t.hash" > "decode($2, 'hex')",
        "encode(hash, 'hex')" = "t.hash = decode(r.first, 'hex')";
    sessions::REVOCATIONS, "prodops_identity.revocation": "$1::uuid IS NULL",
        at "subject", by "t.subject" > "decode($2, 'hex')",
        "encode(subject, 'hex')" = "t.subject = decode(r.first, 'hex')";
    identity::LINKS, "prodops_identity.sign_in_link": "$1::uuid IS NULL",
        at "hash", by "t.hash" > "decode($2, 'hex')",
        "encode(hash, 'hex')" = "t.hash = decode(r.first, 'hex')";
    control::PROOF, "prodops_control.proof": "$1::uuid IS NULL",
        at "'proof'::bytea", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    restore::RESTORE, "prodops_control.restore": "$1::uuid IS NULL",
        at "'restoring'::bytea", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    leases::LEASES, "prodops_control.lease": "$1::uuid IS NULL",
        at "uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    jobs::JOBS, "prodops_control.job": "$1::uuid IS NULL",
        at "uuid_send(id)", by "t.id" > "$2::uuid",
        "id::text" = "t.id = r.first::uuid";
    jobs::HEARTBEATS, "prodops_control.heartbeat": "$1::uuid IS NULL",
        at "uuid_send(worker)", by "t.worker" > "$2::uuid",
        "worker::text" = "t.worker = r.first::uuid";
    tombstones::TOMBSTONES, "prodops_control.tombstone": "$1::uuid IS NULL",
        at "subject", by "t.subject" > "decode($2, 'hex')",
        "encode(subject, 'hex')" = "t.subject = decode(r.first, 'hex')";
    remote_objects::REMOTE_OBJECTS, "prodops_control.remote_object": "$1::uuid IS NULL",
        at "object", by "t.object" > "decode($2, 'hex')",
        "encode(object, 'hex')" = "t.object = decode(r.first, 'hex')";
    log::DEPLOYMENT_EVENTS, "prodops_control.audit_event": "$1::uuid IS NULL",
        at "int8send(seq)", by "t.seq" > "$2::bigint",
        "seq::text" = "t.seq = r.first::bigint";
    log::DEPLOYMENT_HEAD, "prodops_control.audit_head": "$1::uuid IS NULL",
        at "''::bytea", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    sequence::QUEUE, "prodops_control.audit_queue": "$1::uuid IS NULL",
        at "uuid_send(log) || int8send(seq)", by "t.log, t.seq" > "$2::uuid, $3::bigint",
        "log::text" = "t.log = r.first::uuid",
        "seq::text" = "t.seq = r.second::bigint";
    sequence::LEAVES, "prodops_control.audit_leaf": "$1::uuid IS NULL",
        at "int8send(index)", by "t.index" > "$2::bigint",
        "index::text" = "t.index = r.first::bigint";
    sequence::TREE, "prodops_control.audit_tree": "$1::uuid IS NULL",
        at "'\\x00'::bytea", by "key_id IS NOT NULL" > "true",
        "''" = "true";
    sequence::CHECKPOINTS, "prodops_control.audit_checkpoint": "$1::uuid IS NULL",
        at "int8send(size)", by "t.size" > "$2::bigint",
        "size::text" = "t.size = r.first::bigint";
};

#[cfg(any(test, feature = "testing"))]
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    OF_WORKSPACE.iter().chain(&OF_DEPLOYMENT).flat_map(|rows| [rows.update, rows.count, rows.page])
}

/// The tables with rows of an owner, and what the first parameter of their statements is.
pub(super) fn tables_of(owner: KeyOwner) -> (&'static [Rows], Option<Uuid>) {
    match owner.workspace() {
        Some(workspace) => (&OF_WORKSPACE, Some(id(workspace.as_bytes()))),
        None => (&OF_DEPLOYMENT, None),
    }
}
