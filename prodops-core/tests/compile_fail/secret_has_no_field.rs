// The only door to a secret is `expose`.
use prodops_core::secret::Secret;

fn read(secret: &Secret<[u8; 32]>) -> u8 {
    secret.0[0]
}

fn main() {}
