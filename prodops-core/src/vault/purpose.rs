//! What a sealed record is for.

use std::fmt;

/// What a sealed record is for. The header names it, and a record opens for this purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Purpose {
    /// An access token of a connection.
    Token = 0x01,
    /// The secret that a provider signs its webhooks with.
    WebhookSecret = 0x02,
    /// The content of a session cookie.
    Session = 0x03,
    /// A backup; it is a stream, never a record.
    Backup = 0x04,
    /// A data key under the root key.
    WrappedDataKey = 0x05,
    /// Personal data: names, addresses, paths.
    PersonalData = 0x06,
    /// A known value that tells at start-up whether the root key is the right one.
    KeyCheck = 0x07,
    /// The index key of a workspace.
    IndexKey = 0x08,
    /// A key that the deployment signs with.
    SigningKey = 0x09,
    /// The key of one person's data.
    SubjectKey = 0x0a,
    /// The key of an owner's backups.
    BackupKey = 0x0b,
}

impl Purpose {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Token,
        Self::WebhookSecret,
        Self::Session,
        Self::Backup,
        Self::WrappedDataKey,
        Self::PersonalData,
        Self::KeyCheck,
        Self::IndexKey,
        Self::SigningKey,
        Self::SubjectKey,
        Self::BackupKey,
    ];

    /// The number in byte 5 of a record.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The purpose with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.number() == number)
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::WebhookSecret => "webhook secret",
            Self::Session => "session",
            Self::Backup => "backup",
            Self::WrappedDataKey => "wrapped data key",
            Self::PersonalData => "personal data",
            Self::KeyCheck => "key check",
            Self::IndexKey => "index key",
            Self::SigningKey => "signing key",
            Self::SubjectKey => "subject key",
            Self::BackupKey => "backup key",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_from_one_to_eleven_and_are_read_back() {
        let numbers: Vec<u8> = Purpose::ALL.iter().map(|purpose| purpose.number()).collect();
        assert_eq!(numbers, (1..=11).collect::<Vec<u8>>());
        for number in 0..=u8::MAX {
            let expected = Purpose::ALL.into_iter().find(|purpose| purpose.number() == number);
            assert_eq!(Purpose::from_number(number), expected);
        }
    }
}
