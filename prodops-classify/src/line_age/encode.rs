//! The ages at one commit as bytes, to be kept and gone on from.
//!
//! ```text
//! 1    format, 0x01
//! v    commits, each: id length, id, author (0, or 1 and 16 bytes), committer time less that of the commit before, zigzag
//! v    files, each: path key (8, little-endian), v runs, each: v lines, v zigzag(place − place of the run before)
//! ```
//! `v` is a number in groups of seven bits, lowest first, the top bit set on all but the last.

use std::sync::Arc;

use prodops_core::fact::{CommitId, PathKey};
use prodops_core::id::PersonId;
use thiserror::Error;

use super::history::{Files, LineAges, Written};
use super::run::AgeRun;

const FORMAT: u8 = 1;

/// Bytes that are no ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AgesError {
    /// They were written by a newer version.
    #[error("the line ages have format {0}, which this version cannot read: read the history again")]
    Format(u8),
    /// They are cut off or damaged.
    #[error("the line ages are damaged: read the history again")]
    Damaged,
}

impl LineAges {
    /// The ages at the last commit.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![FORMAT];
        put(&mut out, self.commits.len() as u64);
        let mut before = 0;
        for commit in &self.commits {
            let id = commit.id.as_bytes();
            put(&mut out, id.len() as u64);
            out.extend_from_slice(id);
            out.push(u8::from(commit.author.is_some()));
            out.extend(commit.author.iter().flat_map(|author| *author.as_bytes()));
            put(&mut out, zigzag(commit.committed.wrapping_sub(before)));
            before = commit.committed;
        }
        let mut files: Vec<(&PathKey, &Arc<[AgeRun]>)> = self.tip.iter().collect();
        files.sort_unstable_by_key(|(path, _)| **path);
        put(&mut out, files.len() as u64);
        for (path, runs) in files {
            out.extend_from_slice(&path.0.to_le_bytes());
            put_runs(&mut out, runs);
        }
        out
    }

    /// Takes up what [`encode`](Self::encode) wrote: the next commit's parent is the last one.
    ///
    /// # Errors
    /// When the bytes are not from there.
    pub fn decode(self, bytes: &[u8]) -> Result<Self, AgesError> {
        let mut input = Input(bytes);
        match input.byte()? {
            FORMAT => {}
            other => return Err(AgesError::Format(other)),
        }
        let mut commits = Vec::new();
        let mut before = 0i64;
        for _ in 0..input.number()? {
            let commit = input.commit(before)?;
            before = commit.committed;
            commits.push(commit);
        }
        let mut tip = Files::default();
        for _ in 0..input.number()? {
            let path = PathKey(u64::from_le_bytes(*input.array()?));
            tip.insert(path, input.runs(commits.len())?);
        }
        if input.0.is_empty() { Ok(self.resume(commits, tip)) } else { Err(AgesError::Damaged) }
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_runs(out: &mut Vec<u8>, runs: &[AgeRun]) {
    put(out, runs.len() as u64);
    let mut before = 0;
    for run in runs {
        put(out, u64::from(run.lines));
        put(out, zigzag(i64::from(run.commit) - before));
        before = i64::from(run.commit);
    }
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], AgesError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(AgesError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], AgesError> {
        self.take(N)?.try_into().map_err(|_| AgesError::Damaged)
    }

    fn byte(&mut self) -> Result<u8, AgesError> {
        self.array::<1>().map(|[byte]| *byte)
    }

    fn number(&mut self) -> Result<u64, AgesError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(AgesError::Damaged)
    }

    fn commit(&mut self, before: i64) -> Result<Written, AgesError> {
        let length = usize::try_from(self.number()?).map_err(|_| AgesError::Damaged)?;
        let id = CommitId::from_bytes(self.take(length)?).map_err(|_| AgesError::Damaged)?;
        let author = match self.byte()? {
            0 => None,
            _ => Some(PersonId::from_bytes(*self.array()?)),
        };
        Ok(Written { id, author, committed: before.wrapping_add(unzigzag(self.number()?)) })
    }

    fn runs(&mut self, commits: usize) -> Result<Arc<[AgeRun]>, AgesError> {
        let (mut runs, mut before) = (Vec::new(), 0i64);
        for _ in 0..self.number()? {
            let lines = u32::try_from(self.number()?).map_err(|_| AgesError::Damaged)?;
            before = before.wrapping_add(unzigzag(self.number()?));
            let commit = u32::try_from(before).map_err(|_| AgesError::Damaged)?;
            if commit as usize >= commits || lines == 0 {
                return Err(AgesError::Damaged);
            }
            runs.push(AgeRun { lines, commit });
        }
        Ok(runs.into())
    }
}
