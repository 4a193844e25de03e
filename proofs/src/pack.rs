//! A folder with a schema and policies, as Cedar takes them.

use std::fs;
use std::path::{Path, PathBuf};

use cedar_policy::{Policy, PolicyId, PolicySet, Schema};

use crate::error::{ProofError, Result};

/// A schema with the policies that are checked against it.
#[derive(Debug)]
pub(crate) struct Pack {
    /// The schema.
    pub(crate) schema: Schema,
    /// The policies, each under its `@id`.
    pub(crate) policies: PolicySet,
}

impl Pack {
    /// Reads the one `*.cedarschema` and every `*.cedar` of a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let schemas = files(folder, "cedarschema")?;
        let [schema] = schemas.as_slice() else {
            return Err(ProofError::Schemas { path: folder.to_owned(), count: schemas.len() });
        };
        let text = text(schema)?;
        let schema: Schema =
            text.parse().map_err(|error: cedar_policy::CedarSchemaError| syntax(schema, &error))?;
        let mut policies = PolicySet::new();
        for path in files(folder, "cedar")? {
            add(&mut policies, &path)?;
        }
        Ok(Self { schema, policies })
    }
}

fn add(policies: &mut PolicySet, path: &Path) -> Result<()> {
    let read: PolicySet =
        text(path)?.parse().map_err(|error: cedar_policy::ParseErrors| syntax(path, &error))?;
    for policy in read.policies() {
        let named = named(policy).ok_or_else(|| id(path, policy.id().to_string()))?;
        policies.add(named).map_err(|error| id(path, error.to_string()))?;
    }
    Ok(())
}

fn named(policy: &Policy) -> Option<Policy> {
    let id = policy.annotation("id").filter(|id| !id.is_empty())?;
    Some(policy.new_id(PolicyId::new(id)))
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|source| unreadable(folder, source))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()).map_err(|source| unreadable(folder, source)))
        .collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|own| own == extension));
    paths.sort();
    Ok(paths)
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> ProofError {
    ProofError::Read { path: path.to_owned(), source }
}

fn syntax(path: &Path, error: &dyn std::error::Error) -> ProofError {
    ProofError::Syntax { path: path.to_owned(), message: error.to_string() }
}

fn id(path: &Path, message: String) -> ProofError {
    ProofError::Id { path: path.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_read_under_the_ids_of_its_policies() {
        let schema = ("a.cedarschema", "entity A; action b appliesTo { principal: A, resource: A };");
        let read = folder(&[
            schema,
            ("a.cedar", "@id(\"x\") permit (principal, action, resource);"),
            ("no.txt", "("),
        ]);
        let pack = Pack::read(read.path()).unwrap();
        assert!(pack.policies.policy(&PolicyId::new("x")).is_some());
        assert_eq!(pack.schema.request_envs().count(), 1);
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_said_with_the_file() {
        let schema = ("a.cedarschema", "entity A;");
        let said = |files: &[(&str, &str)]| Pack::read(folder(files).path()).unwrap_err().to_string();
        assert!(said(&[]).contains("has 0 files"));
        assert!(said(&[schema, ("b.cedarschema", "")]).contains("has 2 files"));
        assert!(said(&[schema, ("p.cedar", "permit (")]).contains("p.cedar"));
        assert!(said(&[schema, ("p.cedar", "permit (principal, action, resource);")]).contains("`@id`"));
        let twice = "@id(\"x\") permit (principal, action, resource);";
        assert!(said(&[schema, ("p.cedar", twice), ("q.cedar", twice)]).contains("q.cedar"));
    }
}
