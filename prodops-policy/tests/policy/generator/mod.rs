//! The types of this crate as the schema has them: what `src/generated` must be, word for word.
//!
//! `cargo nextest run -p prodops-policy --run-ignored only generated` writes it anew.

mod model;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use model::Model;

const SCHEMA: &str = include_str!("../../../policies/prodops.cedarschema");

fn files() -> [(PathBuf, String); 3] {
    let model = Model::of(SCHEMA);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated");
    [
        (directory.join("vocabulary.rs"), text::vocabulary(&model)),
        (directory.join("resources.rs"), text::resources(&model)),
        (directory.join("actions.rs"), text::actions(&model)),
    ]
}

#[test]
fn generated_types_are_those_of_the_schema() {
    for (path, wanted) in files() {
        let found = fs::read_to_string(&path).unwrap();
        assert!(
            found == wanted,
            "{} is not what the schema says: run `cargo nextest run -p prodops-policy --run-ignored only generated`",
            path.display()
        );
    }
}

#[test]
#[ignore = "writes source files: for whoever changed the schema"]
fn write_generated_types() {
    for (path, wanted) in files() {
        fs::write(&path, &wanted).unwrap();
    }
}
