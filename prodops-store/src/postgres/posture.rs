//! Whether a database keeps workspaces apart: one question to the catalogue for each rule.

use std::fmt;

use sqlx::PgPool;

use super::failure::Stored;
use super::frame;
use super::value::column;
use crate::error::StoreError;

/// How bad it is when a rule does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth doing; the store opens.
    Advice,
    /// The store does not open.
    Refusal,
}

/// A rule that a database must keep.
#[derive(Debug, PartialEq, Eq)]
pub struct PostureRule {
    /// Its name.
    pub name: &'static str,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// What to do then.
    pub remedy: &'static str,
    /// Answers with the names of what breaks the rule: of tables, roles, functions, never of anything that is stored.
    offenders: &'static str,
}

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostureFinding {
    /// The rule.
    pub rule: &'static PostureRule,
    /// What breaks it.
    pub offenders: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posture {
    /// The rules that do not hold.
    pub findings: Vec<PostureFinding>,
}

/// Every rule.
pub(super) static RULES: &[PostureRule] = &[
    PostureRule {
        name: "the login role has no power of its own",
        severity: Severity::Refusal,
        remedy: "log in as a role made with NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOINHERIT",
        offenders: "SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname = session_user \
                    AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit)",
    },
    PostureRule {
        name: "the login role takes on the roles of the planes and no other",
        severity: Severity::Refusal,
        remedy: "grant it prodops_app, prodops_identity, prodops_control and prodops_purger, and revoke every other role",
        offenders: "SELECT r.rolname::text FROM pg_catalog.pg_roles r \
                    WHERE r.rolname <> session_user AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') \
                    <> (r.rolname IN ('prodops_app', 'prodops_identity', 'prodops_control', 'prodops_purger'))",
    },
    PostureRule {
        name: "the roles of the planes have no power over row-level security",
        severity: Severity::Refusal,
        remedy: "ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOLOGIN NOCREATEROLE",
        offenders: "SELECT rolname::text FROM pg_catalog.pg_roles \
                    WHERE rolname IN ('prodops_app', 'prodops_identity', 'prodops_control', 'prodops_purger') \
                    AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole)",
    },
    PostureRule {
        name: "everything belongs to the owner",
        severity: Severity::Refusal,
        remedy: "ALTER … OWNER TO prodops_owner; only the owner changes tables, policies and functions",
        offenders: "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE n.nspname IN ('prodops', 'prodops_identity', 'prodops_control') \
                    AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relname <> 'migration' \
                    AND c.relowner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = 'prodops_owner')",
    },
    PostureRule {
        name: "row-level security is enabled and forced on everything that a workspace owns",
        severity: Severity::Refusal,
        remedy: "ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        offenders: "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) \
                    AND ((n.nspname = 'prodops' AND c.relname NOT IN ('stamp', 'migration')) \
                         OR (n.nspname = 'prodops_control' AND c.relname IN ('audit_queue', 'hold')))",
    },
    PostureRule {
        name: "each policy admits the workspace of the transaction and nothing else",
        severity: Severity::Refusal,
        remedy: "drop the policy, or run the migrations on an empty database and compare",
        offenders: "SELECT p.tablename || '.' || p.policyname FROM pg_catalog.pg_policies p \
                    WHERE p.schemaname = 'prodops' AND NOT ( \
                        (p.policyname = 'own_workspace' AND p.cmd = 'ALL' \
                         AND p.qual = '(workspace_id = prodops.current_workspace())' \
                         AND p.with_check = '(workspace_id = prodops.current_workspace())') \
                        OR (p.policyname = 'backup' AND p.cmd = 'SELECT' AND p.roles = '{prodops_backup}')) \
                    UNION ALL \
                    SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE n.nspname = 'prodops' AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('stamp', 'migration') \
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid \
                                    AND p.polname = 'own_workspace')",
    },
    PostureRule {
        name: "the workspace of the transaction comes from its setting",
        severity: Severity::Refusal,
        remedy: "CREATE OR REPLACE FUNCTION prodops.current_workspace() as the migrations have it",
        offenders: "SELECT 'prodops.current_workspace' WHERE NOT EXISTS ( \
                        SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
                        WHERE n.nspname = 'prodops' AND p.proname = 'current_workspace' AND p.pronargs = 0 \
                        AND p.provolatile = 's' AND p.proparallel = 's' AND NOT p.prosecdef \
                        AND btrim(pg_catalog.pg_get_function_sqlbody(p.oid)) = \
                        'RETURN (NULLIF(current_setting(''prodops.workspace_id''::text, true), ''''::text))::uuid')",
    },
    PostureRule {
        name: "workspace_id leads every key and is never null",
        severity: Severity::Refusal,
        remedy: "make the index anew with workspace_id first: a key without it tells what other workspaces have",
        offenders: "SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i \
                    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
                    WHERE n.nspname = 'prodops' AND c.relname NOT IN ('stamp', 'migration') \
                    AND (a.attname IS DISTINCT FROM 'workspace_id' OR NOT a.attnotnull)",
    },
    PostureRule {
        name: "views ask with the rights of whoever asks them, and nothing is stored twice",
        severity: Severity::Refusal,
        remedy: "ALTER VIEW … SET (security_invoker = true); drop materialised views",
        offenders: "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') \
                    AND (c.relkind = 'm' OR (c.relkind = 'v' \
                         AND NOT coalesce(c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on'], false))) \
                    AND EXISTS (SELECT FROM pg_catalog.pg_rewrite w \
                         JOIN pg_catalog.pg_depend d ON d.objid = w.oid AND d.classid = 'pg_rewrite'::regclass \
                         JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass \
                         JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace \
                         WHERE w.ev_class = c.oid AND t.oid <> c.oid \
                         AND tn.nspname IN ('prodops', 'prodops_identity', 'prodops_control'))",
    },
    PostureRule {
        name: "no function acts with somebody else's rights",
        severity: Severity::Refusal,
        remedy: "drop the SECURITY DEFINER function, or revoke EXECUTE on it from PUBLIC and the roles of the planes",
        offenders: "SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p \
                    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
                    WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') \
                    AND (pg_catalog.has_function_privilege('prodops_app', p.oid, 'EXECUTE') \
                         OR pg_catalog.has_function_privilege(session_user, p.oid, 'EXECUTE'))",
    },
    PostureRule {
        name: "the plane of workspaces has no rights in the other two",
        severity: Severity::Refusal,
        remedy: "REVOKE the right from prodops_app and from PUBLIC",
        offenders: "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE n.nspname IN ('prodops_identity', 'prodops_control') AND c.relkind IN ('r', 'p', 'v') \
                    AND ((c.relname <> 'hold' \
                          AND pg_catalog.has_any_column_privilege('prodops_app', c.oid, 'SELECT, UPDATE, REFERENCES')) \
                         OR pg_catalog.has_table_privilege('prodops_app', c.oid, 'DELETE, TRUNCATE, TRIGGER') \
                         OR (c.relname <> 'audit_queue' \
                             AND pg_catalog.has_any_column_privilege('prodops_app', c.oid, 'INSERT')))",
    },
    PostureRule {
        name: "nobody who serves requests may overwrite an audit log or empty a table",
        severity: Severity::Refusal,
        remedy: "REVOKE UPDATE, DELETE on the logs and TRUNCATE, TRIGGER on everything from the roles of the planes",
        offenders: "SELECT r.rolname || ' on ' || c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    CROSS JOIN pg_catalog.pg_roles r \
                    WHERE n.nspname IN ('prodops', 'prodops_identity', 'prodops_control') AND c.relkind IN ('r', 'p') \
                    AND r.rolname IN ('prodops_app', 'prodops_identity', 'prodops_control', 'prodops_purger') \
                    AND (pg_catalog.has_table_privilege(r.oid, c.oid, 'TRUNCATE, TRIGGER') \
                         OR (c.relname = 'audit_event' AND r.rolname <> 'prodops_purger' \
                             AND (pg_catalog.has_any_column_privilege(r.oid, c.oid, 'UPDATE') \
                                  OR pg_catalog.has_table_privilege(r.oid, c.oid, 'DELETE'))))",
    },
    PostureRule {
        name: "large batches have a place to wait",
        severity: Severity::Refusal,
        remedy: "as its owner: GRANT TEMPORARY ON DATABASE … TO prodops_app",
        offenders: "SELECT pg_catalog.current_database()::text WHERE NOT pg_catalog.has_database_privilege( \
                        'prodops_app', pg_catalog.current_database(), 'TEMPORARY')",
    },
    PostureRule {
        name: "no sequence counts across workspaces",
        severity: Severity::Refusal,
        remedy: "drop the sequence: what it counts tells workspaces of each other",
        offenders: "SELECT c.oid::regclass::text FROM pg_catalog.pg_class c \
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                    WHERE n.nspname = 'prodops' AND c.relkind = 'S'",
    },
    PostureRule {
        name: "a setting is made in the open",
        severity: Severity::Advice,
        remedy: "as a superuser: REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        offenders: "SELECT 'pg_catalog.set_config' \
                    WHERE pg_catalog.has_function_privilege('prodops_app', \
                          'pg_catalog.set_config(text, text, boolean)', 'EXECUTE')",
    },
    PostureRule {
        name: "commits are durable",
        severity: Severity::Advice,
        remedy: "set fsync, full_page_writes and synchronous_commit to on",
        offenders: "SELECT name FROM pg_catalog.pg_settings \
                    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'",
    },
];

pub(super) async fn look(pool: &PgPool, persistent: bool) -> Result<Posture, StoreError> {
    let mut findings = Vec::new();
    // One transaction: behind a pooler, what is prepared outside of one may be run by another server.
    let mut transaction = frame::begin(pool, "BEGIN READ ONLY".to_owned()).await?;
    for rule in RULES {
        let query = sqlx::query(rule.offenders).persistent(persistent);
        let rows = query.fetch_all(&mut *transaction).await.stored()?;
        let offenders = rows.iter().map(|row| column(row, 0)).collect::<Result<Vec<String>, _>>()?;
        if !offenders.is_empty() {
            findings.push(PostureFinding { rule, offenders });
        }
    }
    transaction.rollback().await.stored()?;
    Ok(Posture { findings })
}

impl Posture {
    /// Every rule that is looked at.
    #[must_use]
    pub fn rules() -> &'static [PostureRule] {
        RULES
    }

    /// Whether the store may be used as it is.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.findings.iter().all(|finding| finding.rule.severity < Severity::Refusal)
    }

    /// Passes when the store may be used.
    ///
    /// # Errors
    /// [`StoreError::Posture`] with every rule that does not hold.
    pub fn demand(&self) -> Result<(), StoreError> {
        if self.is_safe() { Ok(()) } else { Err(StoreError::Posture(self.to_string())) }
    }
}

impl fmt::Display for PostureFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, offenders } = self;
        write!(f, "not so: {} ({}); {}", rule.name, offenders.join(", "), rule.remedy)
    }
}

impl fmt::Display for Posture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut findings = self.findings.iter();
        let Some(first) = findings.next() else { return f.write_str("every rule holds") };
        write!(f, "{first}")?;
        findings.try_for_each(|finding| write!(f, "\n{finding}"))
    }
}
