//! What the numbers mean, from the registry.

use prodops::metrics::{DEFINITIONS, Definition, FILE_DEFINITIONS};

use crate::ui::view::{DefinitionView, Definitions};

/// Every definition.
#[must_use]
pub fn definitions() -> Definitions {
    Definitions {
        profile: "strict".to_owned(),
        definitions: DEFINITIONS.iter().chain(FILE_DEFINITIONS).map(|one| view(one)).collect(),
    }
}

fn view(definition: &Definition) -> DefinitionView {
    DefinitionView {
        id: definition.id.to_owned(),
        version: definition.version.to_owned(),
        name: definition.name.to_owned(),
        question: definition.question.to_owned(),
        formula: definition.formula.to_owned(),
        unit: definition.unit.as_str().replace('_', " "),
        statistic: definition.statistic.in_words().to_owned(),
        null_policy: definition.null_policy.in_words().to_owned(),
        care: definition.care.to_owned(),
    }
}
