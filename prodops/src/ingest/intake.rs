//! Commits in, facts out. Source bytes end here.

use std::sync::Arc;

use prodops_classify::{
    AgeFile, AgeStep, Attributes, Classifier, CommitInput, LineEditor, TipInput, TipReader, is_bot,
};
use prodops_connectors::contract::{
    AttributesFile, CommitContent, Intake, IntakeWorker, LineageFile, RawSignature, TipContent, Yield,
};
use prodops_core::fact::{CommitEdits, CommitFact, CommitId, CountState, Fact, FileChange, Gap, PersonFact};
use prodops_core::id::PersonId;
use prodops_core::index_key::IndexKey;
use prodops_core::input::{PersonName, readable_line};

/// Derives facts under one workspace's index key.
pub(crate) struct ClassifyingIntake {
    key: Arc<IndexKey>,
}

impl ClassifyingIntake {
    pub(crate) fn new(key: IndexKey) -> Self {
        Self { key: Arc::new(key) }
    }
}

impl Intake for ClassifyingIntake {
    fn worker(&self) -> Box<dyn IntakeWorker> {
        Box::new(Worker {
            classifier: Classifier::new(&self.key),
            editor: LineEditor::new(&self.key),
            tip: None,
            attributes: Vec::new(),
            key: Arc::clone(&self.key),
        })
    }
}

struct Worker {
    classifier: Classifier,
    editor: LineEditor,
    /// Made when the first file at a head comes.
    tip: Option<TipReader>,
    /// The attributes that the classifier has, and the reader of files.
    attributes: Vec<AttributesFile>,
    key: Arc<IndexKey>,
}

impl IntakeWorker for Worker {
    fn derive(&mut self, content: CommitContent) -> Yield {
        let CommitContent { header, changes, walked_parents, merged, attributes, mut gaps } = content;
        self.take_attributes(&attributes);
        let classified = self.classifier.classify(CommitInput {
            message: &header.message,
            merge: header.parents.len() > 1,
            author_name: &header.author.name,
            author_email: &header.author.email,
            changes: &changes,
        });
        if classified.lossy_message {
            gaps.push((Gap::LossyText, 1));
        }
        gaps.extend(gaps_of(&classified.changes));
        let mut facts = Vec::with_capacity(3);
        let author = self.person(&header.author, &mut facts);
        let committer = self.person(&header.committer, &mut facts);
        let fact = CommitFact {
            repository: header.repository,
            id: header.id,
            parents: header.parents,
            author,
            authored: header.author.time,
            committer,
            committed: header.committer.time,
            bot: classified.bot,
            label: classified.label,
            model: classified.model,
            changes: classified.changes,
            work: classified.work,
        };
        let parents = walked_parents.len();
        let files = changes.into_iter().map(|change| AgeFile::of_change(change, parents));
        let merged = merged.into_iter().map(|file: LineageFile| {
            let LineageFile { path, new, old } = file;
            AgeFile { path, new, old }
        });
        let files: Vec<AgeFile> = files.chain(merged).collect();
        let edits = self.edits(&fact, &walked_parents, &files);
        facts.push(Fact::Commit(fact));
        Yield { facts, edits: Some(edits), gaps }
    }

    fn wants(&mut self, path: &[u8], attributes: &[AttributesFile]) -> bool {
        if self.tip.is_none() {
            // Commits come to other workers than files.
            self.attributes = Vec::new();
        }
        let key = Arc::clone(&self.key);
        self.tip.get_or_insert_with(|| TipReader::new(&key));
        self.take_attributes(attributes);
        self.tip.as_mut().is_some_and(|tip| tip.wants(path))
    }

    fn file(&mut self, file: TipContent) -> Option<Fact> {
        let TipContent { repository, entry, content, .. } = file;
        let (path, revision) = (entry.path.as_slice(), entry.revision());
        let input = TipInput { repository, path, revision: &revision, content: &content };
        self.tip.as_mut().map(|tip| Fact::TipFile(tip.read(input)))
    }
}

impl Worker {
    /// Tells the classifier what the repository says of its files, where that is not what it said before.
    fn take_attributes(&mut self, found: &[AttributesFile]) {
        let same = |(a, b): (&AttributesFile, &AttributesFile)| {
            a.folder == b.folder && Arc::ptr_eq(&a.text, &b.text)
        };
        if found.len() == self.attributes.len() && found.iter().zip(&self.attributes).all(same) {
            return;
        }
        let mut attributes = Attributes::default();
        found.iter().for_each(|file| attributes.add(&file.folder, &file.text));
        match &mut self.tip {
            Some(tip) => tip.set_attributes(attributes),
            None => self.classifier.set_attributes(attributes),
        }
        self.attributes = found.to_vec();
    }

    fn edits(&mut self, commit: &CommitFact, parents: &[CommitId], files: &[AgeFile]) -> CommitEdits {
        let committed = commit.committed.at.to_jiff().as_second();
        self.editor.edits(&AgeStep { id: commit.id, parents, author: commit.author, committed, files })
    }

    /// The person behind a signature, with a fact about them unless there is one already.
    fn person(&self, who: &RawSignature, facts: &mut Vec<Fact>) -> Option<PersonId> {
        let id = PersonFact::identify(&self.key, &who.name, &who.email)?;
        let known = facts.iter().any(|fact| matches!(fact, Fact::Person(person) if person.id == id));
        if !known {
            let name = readable_line(&String::from_utf8_lossy(&who.name), 300);
            let name = name.and_then(|name| PersonName::new(&name).ok());
            facts.push(Fact::Person(PersonFact { id, name, bot: is_bot(&who.name, &who.email) }));
        }
        Some(id)
    }
}

fn gaps_of(changes: &[FileChange]) -> impl Iterator<Item = (Gap, u64)> {
    changes.iter().filter_map(|change| match change.counted {
        CountState::TooLarge => Some((Gap::TooLargeFile, 1)),
        CountState::Submodule => Some((Gap::Submodule, 1)),
        CountState::Unreadable => Some((Gap::UnreadableObject, 1)),
        CountState::Counted | CountState::Binary => None,
    })
}
