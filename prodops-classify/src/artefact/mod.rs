//! What sort of file a path is: its role, its language, and whether a program wrote it; by its name, and by its text where that was
//! read.

mod attributes;
mod binary;
mod generated;
mod language;
mod lists;
mod origin;
mod path;
mod pattern;
mod role;
mod settings;

pub use attributes::Attributes;
pub(crate) use attributes::Overrides;
pub(crate) use language::in_text as language_in_text;
pub use language::language_name;
pub(crate) use path::{LowerCase, PathParts};
pub(crate) use role::{FolderRoles, Role};

use prodops_core::fact::{Artefact, CountState, Language};

/// What a path and the state of its content tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) artefact: Artefact,
    pub(crate) language: Option<Language>,
    /// The role as the activity rules see it.
    pub(crate) role: Role,
}

/// Sorts a path. Whether it is binary is for its content to say, as is what language it is in and whether a program wrote it; the name
/// decides where the content was not read. What the repository says of its files comes before the tables; the role stays the
/// path's.
pub(crate) fn sort(path: &PathParts<'_>, content: CountState, text: Option<&[u8]>, said: Overrides) -> Sort {
    let role = Role::of(path);
    let binary = match content {
        CountState::Binary => true,
        CountState::Counted | CountState::Submodule => false,
        CountState::TooLarge | CountState::Unreadable => binary::is_binary(path),
    };
    if binary {
        return Sort { artefact: Artefact::Binary, language: None, role };
    }
    let language = said.language.or_else(|| match text {
        Some(text) => language::in_text(path, text),
        None => language::of(path),
    });
    let vendored = said.vendored.unwrap_or_else(|| origin::is_vendored(path));
    let by_program = || text.is_some_and(|text| generated::is_generated(path, text));
    let generated = said.generated.unwrap_or_else(|| origin::is_generated(path) || by_program());
    let squeezed = || text.is_some_and(|text| generated::is_minified(path, text));
    let artefact = if content == CountState::Submodule || vendored {
        Artefact::Vendored
    } else if said.documentation == Some(true) {
        Artefact::Docs
    } else if said.generated == Some(true) {
        Artefact::Generated
    } else if role == Role::Lock || origin::is_lock(path) {
        Artefact::Lock
    } else if origin::is_minified(path) || (said.generated != Some(false) && squeezed()) {
        Artefact::Minified
    } else if generated {
        Artefact::Generated
    } else {
        match written(path, role, language) {
            Artefact::Docs if said.documentation == Some(false) => written(path, Role::Other, language),
            artefact => artefact,
        }
    };
    Sort { artefact: detected(artefact, said.detectable), language, role }
}

/// What a repository wants among its languages is code, and what it does not want there is not.
const fn detected(artefact: Artefact, said: Option<bool>) -> Artefact {
    match (artefact, said) {
        (Artefact::Data | Artefact::Config | Artefact::Other, Some(true)) => Artefact::Code,
        (Artefact::Code, Some(false)) => Artefact::Other,
        (artefact, _) => artefact,
    }
}

/// The artefact of a file that people write.
fn written(path: &PathParts<'_>, role: Role, language: Option<Language>) -> Artefact {
    match role {
        Role::Test => Artefact::Test,
        Role::Doc | Role::ChangeLog => Artefact::Docs,
        Role::Ci | Role::Manifest | Role::Lint | Role::Lock => Artefact::BuildCi,
        Role::Media => Artefact::Data,
        Role::Other => {
            if settings::is_settings(path) {
                Artefact::Config
            } else if settings::is_data(path) {
                Artefact::Data
            } else {
                match language.and_then(language::family) {
                    Some(language::Family::Prose) => Artefact::Docs,
                    Some(_) => Artefact::Code,
                    None => Artefact::Other,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
