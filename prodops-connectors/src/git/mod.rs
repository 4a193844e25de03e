//! Git repositories on this machine, read without running git or anything that a repository brings along.
//!
//! # Security
//! A connector reads only below the folders that it was made with. Repositories are opened isolated from user and system
//! configuration; hooks, filters, external diff programs, replacement refs and grafts have no effect. A repository that
//! borrows its objects or its folder from outside the allowed folders is not opened. Names are mapped by the `.mailmap` of
//! the head commit alone, never by a file that the configuration names.

mod again;
mod client;
mod header;
mod history;
mod lineage;
mod mailmap;
mod model;
mod pack_cache;
mod plan;
mod reader;
mod scratch;
mod streams;
mod tip;
mod tree;
mod walk;

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::fact::CommitId;
use prodops_core::input::ConnectorId;

pub use crate::contract::LineageFile;
use crate::contract::{
    Api, AuthKind, Connector, ConnectorError, DataCategory, Descriptor, Granted, Result, Revocation, Stream,
};
use client::Roots;
pub use lineage::{LineageCommit, LineageOrder, LineageVisitor};
use streams::{Commits, Repositories};

/// The connector for local git repositories.
#[derive(Debug)]
pub struct GitConnector {
    descriptor: Descriptor,
    roots: Arc<Roots>,
    threads: Option<NonZero<usize>>,
}

impl GitConnector {
    /// A connector that reads repositories below these folders and nowhere else.
    ///
    /// # Security
    /// It knows folders, not tenants: every workspace of an engine may connect whatever lies below them. A service with
    /// several tenants checks the target against the caller's workspace before it calls `connect`.
    ///
    /// # Errors
    /// When a folder cannot be found, with one line that names it.
    pub fn within(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self> {
        let id =
            ConnectorId::new("git").map_err(|_| ConnectorError::Bug { what: "`git` is no connector id" })?;
        let descriptor = Descriptor {
            id,
            display: "Git repository on this machine",
            target: "the folder of a repository",
            auth: &[AuthKind::Local],
            scopes: &[],
            categories: &[DataCategory::SourceCode, DataCategory::CommitMetadata, DataCategory::PersonalData],
            egress: &[],
            subprocessor: None,
            revocation: Revocation::NothingHeld,
        };
        Ok(Self { descriptor, roots: Arc::new(Roots::new(folders)?), threads: None })
    }

    /// Reads with so many threads, instead of as many as the machine has.
    #[must_use]
    pub const fn with_threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = Some(threads);
        self
    }
}

#[async_trait]
impl Connector for GitConnector {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn check(&self, api: &Api) -> Result<Granted> {
        let (roots, target) = (Arc::clone(&self.roots), api.target().clone());
        streams::blocking(move || client::open(&roots, &target).map(|_| ())).await?;
        Ok(Granted { scopes: Vec::new() })
    }

    async fn paths(&self, api: &Api, at: CommitId) -> Result<Option<Vec<Vec<u8>>>> {
        let (roots, target) = (Arc::clone(&self.roots), api.target().clone());
        streams::blocking(move || {
            let shared = client::reopen(&roots, &target)?;
            let repository = shared.to_thread_local();
            Ok(tree::paths(&repository, &at))
        })
        .await
    }

    fn streams(&self) -> Vec<Stream> {
        vec![
            Stream::Records(Box::new(Repositories { roots: Arc::clone(&self.roots) })),
            Stream::Content(Box::new(Commits { roots: Arc::clone(&self.roots), threads: self.threads })),
        ]
    }
}
