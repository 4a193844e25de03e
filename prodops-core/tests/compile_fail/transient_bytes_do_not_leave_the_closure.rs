// Source text can be read for the length of a closure and cannot be borrowed out of it.
use prodops_core::source::Transient;

fn main() {
    let source = Transient::new(b"fn main() {}".to_vec());
    let _kept: &[u8] = source.with_bytes(|bytes| bytes);

    let mut outside: &[u8] = &[];
    source.with_bytes(|bytes| outside = bytes);
    let _ = outside;
}
