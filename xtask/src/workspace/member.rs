//! A package of the workspace.

use std::path::PathBuf;

/// A package of the workspace.
pub(crate) struct Member {
    /// Package name.
    pub(crate) name: String,
    /// Folder from the workspace root, with forward slashes.
    pub(crate) folder: String,
    /// Its manifest on disk.
    pub(crate) path: PathBuf,
    /// Names of the packages it declares as dependencies of any kind.
    pub(crate) dependencies: Vec<String>,
}

impl Member {
    /// Path of the manifest from the workspace root.
    pub(crate) fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// The declared dependencies that satisfy a condition.
    pub(crate) fn dependencies_where(
        &self,
        condition: impl Fn(&&String) -> bool,
    ) -> impl Iterator<Item = &String> {
        self.dependencies.iter().filter(condition)
    }

    /// Whether the file lies in this package.
    pub(crate) fn owns(&self, path: &str) -> bool {
        path.strip_prefix(self.folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether it is one of the crates that others build on.
    pub(crate) fn is_library(&self) -> bool {
        self.folder == "prodops" || self.folder.starts_with("prodops-")
    }

    /// Whether it is an example.
    pub(crate) fn is_example(&self) -> bool {
        self.folder.starts_with("examples/")
    }

    /// Whether it stands at the end of the graph: examples, benches, tasks and the proof use others and are used by none.
    pub(crate) fn is_endpoint(&self) -> bool {
        self.is_example() || matches!(self.folder.as_str(), "benches" | "xtask" | "proofs")
    }
}

#[cfg(test)]
impl Member {
    /// A member named after its folder, with the dependencies of its manifest.
    pub(crate) fn sample(folder: &str, manifest: &str) -> Self {
        let table: toml::Table = manifest.parse().unwrap();
        let names = |kind: &str| -> Vec<String> {
            table
                .get(kind)
                .and_then(toml::Value::as_table)
                .map(|t| t.keys().cloned().collect())
                .unwrap_or_default()
        };
        let name = folder.rsplit('/').next().unwrap_or(folder).to_owned();
        let dependencies = [names("dependencies"), names("dev-dependencies")].concat();
        let path = PathBuf::from(folder).join("Cargo.toml");
        Self { name, folder: folder.to_owned(), path, dependencies }
    }
}
