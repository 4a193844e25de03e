//! Commits that touch one sort of file only.

use prodops_core::fact::Activity;

use crate::artefact::Role;

/// How many files of each role a commit touches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RoleTally {
    files: u32,
    ci: u32,
    lock: u32,
    change_log: u32,
    test: u32,
    manifest: u32,
    lint: u32,
    doc: u32,
    media: u32,
}

impl RoleTally {
    /// Counts a file in.
    pub(crate) fn add(&mut self, role: Role) {
        let files = match role {
            Role::Ci => &mut self.ci,
            Role::Lock => &mut self.lock,
            Role::ChangeLog => &mut self.change_log,
            Role::Test => &mut self.test,
            Role::Manifest => &mut self.manifest,
            Role::Lint => &mut self.lint,
            Role::Doc => &mut self.doc,
            Role::Media => &mut self.media,
            Role::Other => return self.files = self.files.saturating_add(1),
        };
        *files = files.saturating_add(1);
        self.files = self.files.saturating_add(1);
    }

    /// The kind of work that the files alone decide. What the author declared matters where the files leave two open.
    pub(super) fn decide(&self, declared: Option<Activity>) -> Option<Activity> {
        let all = |files: u32| self.files > 0 && files == self.files;
        if all(self.ci) {
            Some(Activity::BuildCi)
        } else if all(self.doc)
            || (declared != Some(Activity::Chore) && all(self.doc.saturating_add(self.media)))
        {
            Some(Activity::Docs)
        } else if all(self.test) {
            Some(Activity::Test)
        } else if self.lock > 0 && all(self.lock.saturating_add(self.manifest)) {
            Some(Activity::Chore)
        } else if all(self.change_log) {
            Some(Activity::Docs)
        } else if all(self.lint) {
            Some(if declared == Some(Activity::Style) { Activity::Style } else { Activity::BuildCi })
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(roles: &[Role], declared: Option<Activity>) -> Option<Activity> {
        let mut tally = RoleTally::default();
        roles.iter().for_each(|role| tally.add(*role));
        tally.decide(declared)
    }

    #[test]
    fn one_sort_of_file_decides() {
        for (roles, expected) in [
            (&[Role::Ci, Role::Ci][..], Some(Activity::BuildCi)),
            (&[Role::Doc], Some(Activity::Docs)),
            (&[Role::Doc, Role::Media], Some(Activity::Docs)),
            (&[Role::ChangeLog], Some(Activity::Docs)),
            (&[Role::Test], Some(Activity::Test)),
            (&[Role::Lock], Some(Activity::Chore)),
            (&[Role::Manifest, Role::Lock], Some(Activity::Chore)),
            (&[Role::Lint], Some(Activity::BuildCi)),
            (&[Role::Manifest], None),
            (&[Role::Other], None),
            (&[Role::Test, Role::Other], None),
            (&[Role::Doc, Role::ChangeLog], None),
            (&[], None),
        ] {
            assert_eq!(decide(roles, None), expected, "{roles:?}");
        }
    }

    #[test]
    fn the_declaration_settles_what_files_leave_open() {
        assert_eq!(decide(&[Role::Lint], Some(Activity::Style)), Some(Activity::Style));
        assert_eq!(decide(&[Role::Doc, Role::Media], Some(Activity::Chore)), None);
        assert_eq!(decide(&[Role::Doc], Some(Activity::Chore)), Some(Activity::Docs));
    }
}
