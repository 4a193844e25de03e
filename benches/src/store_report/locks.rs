//! What the second lock costs: the same statements in the same frame, with row-level security and by a role that is past it.

use std::time::Duration;

use sqlx::postgres::PgConnection;

use super::commits::Filled;
use super::measure::{Times, first_is_first};
use super::probe::{Role, frame, id, statement};
use super::section::Section;
use super::{Failure, Size};

/// Statements of one sample, all in one frame.
const POINTS: usize = 200;
const PAGES: usize = 10;
/// How many samples there are for each round.
const SAMPLES: usize = 20;

const AGGREGATE: &str = super::dashboard::QUESTION;
const PAGE: &str = "SELECT id, sealed FROM prodops.commit_fact \
                    WHERE workspace_id = $1 AND repository_id = $2 AND id > $3 ORDER BY id LIMIT 500";
const POINT: &str = "SELECT sealed FROM prodops.commit_fact \
                     WHERE workspace_id = $1 AND repository_id = $2 AND id = $3";

/// The times of one kind of statement.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) locked: Times,
    pub(super) unlocked: Times,
}

/// What was measured.
#[derive(Default)]
pub(super) struct Locks {
    pub(super) aggregate: Pair,
    pub(super) page: Pair,
    pub(super) point: Pair,
}

/// Takes both roles in turn, with another workspace each time.
pub(super) async fn measure(filled: &Filled<'_>, size: &Size, section: &mut Section) -> Result<(), Failure> {
    let mut probe = filled.database.probe().await?;
    let mut locks = Locks::default();
    let samples = size.rounds * SAMPLES;
    // One round that does not count brings pages and plans to where they stay.
    for sample in 0..samples + filled.workspaces.len().min(samples) {
        let counts = sample >= filled.workspaces.len().min(samples);
        let roles = if first_is_first(sample) {
            [Role::Locked, Role::Unlocked]
        } else {
            [Role::Unlocked, Role::Locked]
        };
        for role in roles {
            let times = take(&mut probe, filled, sample, role).await?;
            if counts {
                locks.add(role, times);
            }
        }
    }
    section.locks(&locks);
    Ok(())
}

impl Locks {
    fn add(&mut self, role: Role, [aggregate, page, point]: [Duration; 3]) {
        for (pair, time) in
            [(&mut self.aggregate, aggregate), (&mut self.page, page), (&mut self.point, point)]
        {
            match role {
                Role::Locked => pair.locked.add(time),
                Role::Unlocked => pair.unlocked.add(time),
            }
        }
    }
}

/// An aggregate, some pages, and some point reads of one workspace: the time of one of each.
async fn take(
    probe: &mut PgConnection,
    filled: &Filled<'_>,
    sample: usize,
    role: Role,
) -> Result<[Duration; 3], Failure> {
    let Some((workspace, repository)) = filled.workspaces.get(sample % filled.workspaces.len().max(1)) else {
        return Err("there is no workspace".into());
    };
    let repository = sqlx::types::Uuid::from_bytes(*repository.as_bytes());
    let mut frame = frame(probe, role, *workspace, "").await?;
    let (from, until) = super::dashboard::quarter()?;
    let query = sqlx::query(AGGREGATE).bind(id(*workspace)).bind(from).bind(until);
    let (days, aggregate) = statement(&mut frame, query).await?;
    let mut page = Duration::ZERO;
    for start in 0..PAGES {
        let start = vec![u8::try_from(start * 25)?];
        let query = sqlx::query(PAGE).bind(id(*workspace)).bind(repository).bind(start);
        page += statement(&mut frame, query).await?.1;
    }
    let known = sqlx::query_scalar::<_, Vec<u8>>(
        "SELECT id FROM prodops.commit_fact WHERE workspace_id = $1 AND repository_id = $2 AND id > '\\x80' \
         ORDER BY id LIMIT $3",
    );
    let known = known.bind(id(*workspace)).bind(repository).bind(i64::try_from(POINTS)?);
    let known = known.fetch_all(&mut *frame).await?;
    let mut point = Duration::ZERO;
    for commit in &known {
        let query = sqlx::query(POINT).bind(id(*workspace)).bind(repository).bind(commit);
        let (found, time) = statement(&mut frame, query).await?;
        point += time;
        if found != 1 {
            return Err("a commit is not where it was".into());
        }
    }
    if days == 0 || known.is_empty() {
        return Err("there is nothing to read".into());
    }
    frame.rollback().await?;
    Ok([aggregate, page / u32::try_from(PAGES)?, point / u32::try_from(known.len())?])
}
