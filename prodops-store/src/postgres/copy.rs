//! Rows in the binary form of `COPY`, for the types of our columns only.
//!
//! After a header, each row is the number of its fields, and each field its length and its bytes; everything is big-endian. A
//! length of −1 is NULL, and a number of fields of −1 the end.

use sqlx::types::Uuid;

use crate::error::StoreError;

/// What a stream of rows begins with: the signature, no flags, no extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What it ends with.
pub(super) const END: &[u8] = &(-1_i16).to_be_bytes();

/// A value that can be a field.
pub(super) trait Field {
    /// Appends its bytes, without their length.
    fn write(&self, to: &mut Vec<u8>);
}

/// Some rows, without header and end.
#[derive(Default)]
pub(super) struct CopyRows(Vec<u8>);

impl CopyRows {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Begins a row of so many fields.
    pub(super) fn row(&mut self, fields: i16) {
        self.0.extend_from_slice(&fields.to_be_bytes());
    }

    /// # Errors
    /// [`StoreError::Invalid`] for a value of 2 GiB or more.
    pub(super) fn field(&mut self, value: &impl Field) -> Result<(), StoreError> {
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 4]);
        value.write(&mut self.0);
        let length = self.0.len().saturating_sub(start).saturating_sub(4);
        let length = i32::try_from(length).map_err(|_| StoreError::invalid("row", "is too large"))?;
        if let Some(place) = self.0.get_mut(start..).and_then(<[u8]>::first_chunk_mut) {
            *place = length.to_be_bytes();
        }
        Ok(())
    }

    /// # Errors
    /// As for [`CopyRows::field`].
    pub(super) fn optional(&mut self, value: Option<&impl Field>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.field(value),
            None => {
                self.0.extend_from_slice(&(-1_i32).to_be_bytes());
                Ok(())
            }
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Field for Uuid {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self.as_bytes());
    }
}

impl Field for Vec<u8> {
    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(self);
    }
}

impl Field for bool {
    fn write(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Field for $number {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_be_bytes());
            }
        }
    )*};
}

numbers!(i16, i32, i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_as_the_server_reads_them() {
        let mut rows = CopyRows::default();
        rows.row(3);
        rows.field(&258_i32).unwrap();
        rows.optional(None::<&i16>).unwrap();
        rows.optional(Some(&vec![7_u8])).unwrap();
        assert_eq!(rows.into_bytes(), [0, 3, 0, 0, 0, 4, 0, 0, 1, 2, 255, 255, 255, 255, 0, 0, 0, 1, 7]);
        assert_eq!(HEADER.len(), 19, "11 bytes of signature, two numbers");
    }
}
