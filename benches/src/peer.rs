//! The records and streams of the vault once more, written on other cryptographic libraries.
//!
//! Both peers do what the vault does: the same bytes, the key's half of HMAC done once, the same random salts from the
//! same source, intermediates wiped. Streams are sealed chunk after chunk in one buffer.

use prodops_core::entropy::Entropy;
use zeroize::{Zeroize, Zeroizing};

/// What can go wrong in a peer.
pub type Error = Box<dyn std::error::Error>;

const INFO: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
const CHUNK: usize = 16 * 1024;

/// A cryptographic library.
pub trait Library {
    /// HMAC-SHA-512 under one key.
    type Prf;
    /// AES-256-GCM under one key.
    type Cipher;
    /// Takes a key in.
    fn prf(key: &[u8; 32]) -> Self::Prf;
    /// HMAC-SHA-512 of the parts one after another.
    fn mac(prf: &Self::Prf, parts: &[&[u8]]) -> [u8; 64];
    /// Takes a key in.
    ///
    /// # Errors
    /// When the library refuses it.
    fn cipher(key: &[u8]) -> Result<Self::Cipher, Error>;
    /// Encrypts in place and answers the tag.
    ///
    /// # Errors
    /// When the library refuses.
    fn seal(cipher: &Self::Cipher, nonce: [u8; 12], text: &mut [u8]) -> Result<[u8; 16], Error>;
    /// Decrypts text and tag in place.
    ///
    /// # Errors
    /// When the tag is wrong.
    fn open(cipher: &Self::Cipher, nonce: [u8; 12], sealed: &mut [u8]) -> Result<(), Error>;
}

macro_rules! library {
    ($(#[$doc:meta])* $name:ident = $krate:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Library for $name {
            type Prf = $krate::hmac::Key;
            type Cipher = $krate::aead::LessSafeKey;

            fn prf(key: &[u8; 32]) -> Self::Prf {
                $krate::hmac::Key::new($krate::hmac::HMAC_SHA512, key)
            }

            fn mac(prf: &Self::Prf, parts: &[&[u8]]) -> [u8; 64] {
                let mut context = $krate::hmac::Context::with_key(prf);
                parts.iter().for_each(|part| context.update(part));
                let mut output = [0u8; 64];
                output.copy_from_slice(context.sign().as_ref());
                output
            }

            fn cipher(key: &[u8]) -> Result<Self::Cipher, Error> {
                let key = $krate::aead::UnboundKey::new(&$krate::aead::AES_256_GCM, key);
                Ok($krate::aead::LessSafeKey::new(key.map_err(|_| "the key was refused")?))
            }

            fn seal(cipher: &Self::Cipher, nonce: [u8; 12], text: &mut [u8]) -> Result<[u8; 16], Error> {
                let nonce = $krate::aead::Nonce::assume_unique_for_key(nonce);
                let tag = cipher.seal_in_place_separate_tag(nonce, $krate::aead::Aad::empty(), text);
                Ok(tag.map_err(|_| "sealing was refused")?.as_ref().try_into()?)
            }

            fn open(cipher: &Self::Cipher, nonce: [u8; 12], sealed: &mut [u8]) -> Result<(), Error> {
                let nonce = $krate::aead::Nonce::assume_unique_for_key(nonce);
                let opened = cipher.open_in_place(nonce, $krate::aead::Aad::empty(), sealed);
                opened.map(|_| ()).map_err(|_| "the tag is wrong".into())
            }
        }
    };
}

library! {
    /// AWS-LC.
    AwsLc = aws_lc_rs
}
library! {
    /// ring.
    Ring = ring
}

/// A key of the vault in the hands of another library.
#[allow(missing_debug_implementations, reason = "it holds a key of a foreign type")]
pub struct Peer<L: Library> {
    header: [u8; 24],
    place: Vec<u8>,
    prf: L::Prf,
}

struct Message<C> {
    cipher: C,
    nonce: [u8; 12],
    commitment: [u8; 32],
}

impl<L: Library> Peer<L> {
    /// The key, the first 24 bytes of its records, and the parts of the context behind them.
    pub fn new(key: &[u8; 32], header: [u8; 24], place: Vec<u8>) -> Self {
        Self { header, place, prf: L::prf(key) }
    }

    /// A record of one chunk.
    ///
    /// # Errors
    /// When the library refuses or there is no random salt.
    pub fn seal(&self, secret: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, Error> {
        let mut salt = [0u8; 24];
        entropy.fill(&mut salt)?;
        let message = self.message(&salt)?;
        let text = (secret.len() + 4).next_multiple_of(64);
        let mut record = Vec::with_capacity(80 + text + 16);
        record.extend_from_slice(&self.header);
        record.extend_from_slice(&salt);
        record.extend_from_slice(&message.commitment);
        record.extend_from_slice(&u32::try_from(secret.len())?.to_be_bytes());
        record.extend_from_slice(secret);
        record.resize(80 + text, 0);
        let tag = L::seal(&message.cipher, message.nonce, record.get_mut(80..).unwrap_or_default())?;
        record.extend_from_slice(&tag);
        Ok(record)
    }

    /// The secret of a record of one chunk.
    ///
    /// # Errors
    /// When the record is not one of this key and place.
    pub fn open(&self, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let salt = record.get(24..48).ok_or("too short")?.try_into()?;
        let message = self.message(salt)?;
        let commitment = record.get(48..80).ok_or("too short")?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(message.commitment.as_slice(), commitment)) {
            return Err("another key or context".into());
        }
        let mut text = Zeroizing::new(record.get(80..).ok_or("too short")?.to_vec());
        L::open(&message.cipher, message.nonce, &mut text)?;
        let length = text.first_chunk().ok_or("too short")?;
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        Ok(Zeroizing::new(text.get(4..4 + length).ok_or("too short")?.to_vec()))
    }

    /// Seals a text chunk after chunk, each into the same buffer, and answers the last tag.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn stream(&self, text: &[u8], salt: &[u8; 24]) -> Result<[u8; 16], Error> {
        let message = self.message(salt)?;
        let (mut buffer, mut tag) = (Vec::with_capacity(CHUNK), [0; 16]);
        for (number, chunk) in (0u64..).zip(text.chunks(CHUNK)) {
            let mut nonce = message.nonce;
            nonce.iter_mut().rev().zip(number.to_le_bytes()).for_each(|(byte, counter)| *byte ^= counter);
            buffer.clear();
            buffer.extend_from_slice(chunk);
            tag = L::seal(&message.cipher, nonce, &mut buffer)?;
        }
        Ok(tag)
    }

    fn message(&self, salt: &[u8; 24]) -> Result<Message<L::Cipher>, Error> {
        let info = [INFO, salt, b"prodops/vault/1\0", &self.header, &self.place].concat();
        let mut first = L::mac(&self.prf, &[&info, &[1]]);
        let mut second = L::mac(&self.prf, &[&first, &info, &[2]]);
        let cipher = L::cipher(first.get(..32).unwrap_or_default())?;
        let (mut nonce, mut commitment) = ([0u8; 12], [0u8; 32]);
        let rest = first.iter().skip(32).chain(&second);
        for (to, from) in nonce.iter_mut().chain(&mut commitment).zip(rest) {
            *to = *from;
        }
        first.as_mut_slice().zeroize();
        second.as_mut_slice().zeroize();
        Ok(Message { cipher, nonce, commitment })
    }
}
