//! Bringing rows under new keys.

/// Where a sweep goes on. It is worth nothing after the process has ended: begin at the beginning then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResealPosition {
    /// The backend's number of a table.
    pub table: u16,
    /// The key of the last row that was looked at.
    pub key: Vec<u8>,
}

/// What a step of a sweep did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// How many rows were sealed anew; none of those that were looked at may need it.
    pub rows: u64,
    /// Where to go on; `None` when every row was looked at, and is sealed under the active key.
    pub next: Option<ResealPosition>,
}
