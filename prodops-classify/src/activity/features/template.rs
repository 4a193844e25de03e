//! What sorts of features there are, and in which groups their weights are scaled.

/// Features that share a scale: each group speaks with about one voice, however many of its features a commit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Word,
    Pair,
    Gram,
    Body,
    Path,
    Mix,
    Size,
    Cross,
}

impl Group {
    pub(crate) const COUNT: usize = 8;
}

/// A sort of feature. The numbers are part of every hash: a change makes models unreadable, which they notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Template {
    /// A word of the subject.
    Word = 1,
    /// The first, second or third word.
    WordAt = 2,
    /// The last word.
    LastWord = 3,
    /// Two words in a row.
    Pair = 10,
    /// Two words around a third one.
    Around = 11,
    /// The first three words.
    FirstThree = 12,
    /// Four letters of the subject.
    Gram = 20,
    /// Whether there is a body.
    HasBody = 30,
    /// A word of the body.
    BodyWord = 31,
    /// Two words of the body in a row.
    BodyPair = 32,
    /// The name of a file.
    FileName = 40,
    /// The ending of a name.
    Ending = 41,
    /// A directory.
    Folder = 42,
    /// A word of a file's name.
    NamePart = 43,
    /// The first directory.
    TopFolder = 44,
    /// All directories of a file.
    WholeFolder = 45,
    /// How much of the commit are files of one role.
    Share = 50,
    /// How many lines the files of one role gained and lost.
    RoleSize = 51,
    /// Which roles there are.
    Roles = 52,
    /// That no files are known.
    NoFiles = 53,
    /// Which endings there are.
    Endings = 54,
    /// How many files.
    Files = 60,
    /// How many lines were added.
    Added = 61,
    /// How many lines were deleted.
    Deleted = 62,
    /// How many lines were added and deleted.
    Lines = 63,
    /// How many files and lines.
    FilesAndLines = 64,
    /// Which part of the lines is new.
    NewShare = 65,
    /// Which part of the lines is new, with the roles.
    RolesAndNewShare = 66,
    /// Which part of the files lost no line, with the lines added.
    Grown = 67,
    /// The first word with the roles.
    FirstWordAndRoles = 70,
    /// The first word with the number of lines.
    FirstWordAndLines = 71,
    /// A later word with the roles.
    WordAndRoles = 72,
    /// The first word with an ending.
    FirstWordAndEnding = 73,
}

impl Template {
    pub(crate) const fn group(self) -> Group {
        match self as u8 {
            0..10 => Group::Word,
            10..20 => Group::Pair,
            20..30 => Group::Gram,
            30..40 => Group::Body,
            40..50 => Group::Path,
            50..60 => Group::Mix,
            60..70 => Group::Size,
            _ => Group::Cross,
        }
    }
}
