//! The one form that is posted: a few fields and a file.

/// A `multipart/form-data` body.
pub(super) struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// With a boundary that does not stand in anything that is put in: a random one.
    pub(super) fn new(boundary: String) -> Self {
        Self { boundary, body: Vec::new() }
    }

    pub(super) fn field(mut self, name: &str, value: &str) -> Self {
        self.part(&format!("Content-Disposition: form-data; name=\"{name}\""), value.as_bytes());
        self
    }

    pub(super) fn file(mut self, name: &str, file_name: &str, bytes: &[u8]) -> Self {
        let head = format!(
            "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: application/jsonl"
        );
        self.part(&head, bytes);
        self
    }

    /// Boundary and body.
    pub(super) fn finish(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (self.boundary, self.body)
    }

    fn part(&mut self, head: &str, bytes: &[u8]) {
        self.body.extend_from_slice(format!("--{}\r\n{head}\r\n\r\n", self.boundary).as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_written_to_the_byte() {
        let (boundary, body) =
            Form::new("b".to_owned()).field("x", "1").file("file", "a.jsonl", b"{}").finish();
        assert_eq!(boundary, "b");
        let expected = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\
            Content-Type: application/jsonl\r\n\r\n{}\r\n--b--\r\n";
        assert_eq!(String::from_utf8(body).unwrap(), expected);
    }
}
