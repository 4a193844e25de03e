//! What every backend must keep, as one test per promise.
//!
//! ```
//! # // The tests that the macro makes are compiled under `cfg(test)` only.
//! use std::sync::Arc;
//! use prodops_core::environment::Environment;
//! use prodops_store::embedded::Embedded;
//! use prodops_store::testing::{KeysOnDemand, Subject};
//!
//! async fn empty() -> Subject {
//!     let keys = KeysOnDemand::new(Environment::Test).await;
//!     let store = || Arc::new(Embedded::memory(Environment::Test, keys.clone()).unwrap());
//!     Subject::new(store(), store())
//! }
//!
//! prodops_store::conformance_tests!(empty);
//! ```

mod ai_use;
mod api_tokens;
mod audit;
mod audit_tree;
mod connections;
mod identity;
mod ingest;
mod isolation;
mod job_kills;
mod job_retries;
mod jobs;
mod labels;
mod large_batches;
mod leases;
mod lifecycle;
mod line_log;
mod pages;
mod people;
mod remote_objects;
mod reseal;
mod sessions;
mod streams;
mod tip_files;

use std::future::Future;
use std::pin::Pin;

use crate::conformance_tests;
use crate::testing::Subject;

pub use ai_use::*;
pub use api_tokens::*;
pub use audit::*;
pub use audit_tree::*;
pub use connections::*;
pub use identity::*;
pub use ingest::*;
pub use isolation::*;
pub use job_kills::*;
pub use job_retries::*;
pub use jobs::*;
pub use labels::*;
pub use large_batches::*;
pub use leases::*;
pub use lifecycle::*;
pub use line_log::*;
pub use pages::*;
pub use people::*;
pub use remote_objects::*;
pub use reseal::*;
pub use sessions::*;
pub use streams::*;
pub use tip_files::*;

/// A promise as a value: its name, and the test of it.
pub type Promise = (&'static str, fn(Subject) -> Pin<Box<dyn Future<Output = ()>>>);

/// Every promise, for who runs them in a way of their own.
pub const PROMISES: &[Promise] = conformance_tests! { @with [@list;] };

/// What backends say to whether they were switched off that always can be tested.
#[must_use]
pub const fn never() -> bool {
    false
}

/// Makes one `#[tokio::test]` per promise. The argument is an async function without parameters that returns an empty
/// [`Subject`](crate::testing::Subject); the crate that calls this needs `tokio` with `rt` and `macros`. With `unless`, a function says whether they are all skipped.
#[macro_export]
macro_rules! conformance_tests {
    ($factory:path) => {
        $crate::conformance_tests! { $factory, unless $crate::testing::conformance::never }
    };
    ($factory:path, unless $skipped:path) => {
        $crate::conformance_tests! { @with [@each $factory, $skipped;] }
    };
    (@with [$($then:tt)*]) => {
        $crate::conformance_tests! { $($then)*
            a_user_a_subject_and_a_slug_exist_once
            a_target_is_connected_once
            a_sign_in_link_is_taken_once
            memberships_come_with_their_workspaces
            identity_rows_need_what_they_name
            sessions_are_found_noted_and_ended
            a_session_and_a_token_exist_once
            sessions_are_listed_by_user
            a_token_is_renewed_once
            revocations_end_older_sessions
            a_revoked_workspace_is_closed_to_older_sessions
            a_changed_membership_renews_tokens
            api_tokens_are_found_listed_noted_and_revoked
            api_tokens_need_what_they_name
            api_tokens_follow_their_member
            a_lease_is_exclusive_and_its_epoch_grows
            leases_of_two_workspaces_do_not_meet
            of_many_at_once_one_gets_the_lease
            a_lease_opens_its_own_workspace_only
            the_cursor_is_compared_and_set
            a_replay_is_a_conflict_with_the_stored_cursor
            of_many_writers_at_once_one_moves_the_cursor
            an_older_epoch_is_fenced
            a_disconnected_connection_takes_nothing
            unchanged_facts_are_not_written
            a_refused_batch_leaves_nothing
            a_large_batch_stores_what_small_ones_do
            a_refused_large_batch_leaves_nothing
            facts_belong_to_their_connection
            the_log_of_lines_is_read_in_order_and_begins_anew
            files_at_a_head_are_replaced_paged_and_removed
            pruning_stays_inside_the_repository
            a_dropped_write_is_whole_or_absent
            people_are_merged
            assigned_labels_stay_beside_their_commits
            labels_hang_on_repositories
            commits_are_paged_exactly_once
            pages_are_stable_while_rows_come_and_go
            a_page_token_is_good_for_its_list_only
            a_stream_is_its_pages
            a_stream_holds_one_page
            filters_are_obeyed
            a_sweep_looks_at_so_many_rows_a_step
            a_connection_is_edited_by_version
            a_sync_is_recorded_by_the_holder
            a_change_and_its_audit_event_are_one
            the_audit_log_is_a_chain
            the_deployment_has_a_log_of_its_own
            an_audit_event_names_its_own_workspace_and_actor
            the_audit_log_answers_what_is_asked
            an_audit_page_is_good_for_its_question_only
            a_purge_keeps_the_leaf_hashes
            the_sequencer_takes_each_entry_once
            a_sequencer_that_is_overtaken_keeps_nothing
            chains_stay_whole_under_many_writers
            permit_counts_add_up
            a_job_is_in_the_queue_once
            what_is_asked_for_while_it_runs_runs_once_more
            each_job_is_claimed_by_one_worker
            a_hold_ends_is_renewed_and_fences
            a_job_is_handed_back
            workspaces_take_turns
            a_workspace_has_its_share_of_workers
            urgent_jobs_come_first
            failures_back_off_until_the_dead_letter
            a_job_that_nobody_survives_is_given_up
            dead_letters_are_listed_and_put_back
            recurring_jobs_run_again_after_their_end
            clock_jumps_neither_double_nor_lose_a_job
            jobs_are_cancelled
            jobs_are_listed_by_workspace
            a_dropped_claim_loses_no_job
            workers_give_signs_of_life
            killed_workers_lose_no_job
            a_deletion_can_be_called_off_in_its_grace
            a_tombstone_advances_once
            remote_objects_are_written_listed_and_struck_out
            the_use_of_ai_is_compared_and_set
            a_deletion_is_about_ones_own_workspace
            a_purge_leaves_no_row
            an_erased_person_stays_nameless
            a_removed_user_is_nobody
            a_snapshot_is_of_one_moment
            an_import_gives_every_row_back
            an_import_is_refused_where_it_does_not_belong
            another_authority_is_refused_on_every_plane
            two_workspaces_see_nothing_of_each_other
            the_same_ids_live_side_by_side
        }
    };
    (@list; $($promise:ident)+) => {
        &[$((stringify!($promise), |subject| Box::pin($promise(subject)))),+]
    };
    (@each $factory:path, $skipped:path; $($promise:ident)+) => {
        $(
            #[tokio::test]
            async fn $promise() {
                if !$skipped() {
                    $crate::testing::conformance::$promise($factory().await).await;
                }
            }
        )+
    };
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_promise_is_in_the_macro() {
        let sources = [
            include_str!("api_tokens.rs"),
            include_str!("audit.rs"),
            include_str!("audit_tree.rs"),
            include_str!("connections.rs"),
            include_str!("identity.rs"),
            include_str!("ingest.rs"),
            include_str!("isolation.rs"),
            include_str!("job_kills.rs"),
            include_str!("job_retries.rs"),
            include_str!("jobs.rs"),
            include_str!("large_batches.rs"),
            include_str!("labels.rs"),
            include_str!("leases.rs"),
            include_str!("lifecycle.rs"),
            include_str!("line_log.rs"),
            include_str!("pages.rs"),
            include_str!("people.rs"),
            include_str!("ai_use.rs"),
            include_str!("remote_objects.rs"),
            include_str!("reseal.rs"),
            include_str!("sessions.rs"),
            include_str!("streams.rs"),
            include_str!("tip_files.rs"),
        ];
        let promised: BTreeSet<_> = sources
            .iter()
            .flat_map(|source| source.lines())
            .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
            .collect();
        let listed: BTreeSet<_> = include_str!("mod.rs")
            .lines()
            .skip_while(|line| !line.trim().ends_with("{ $($then)*"))
            .skip(1)
            .take_while(|line| !line.contains('}'))
            .map(str::trim)
            .collect();
        assert_eq!(promised, listed);
    }
}
