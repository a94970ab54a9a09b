//! Natives of `node:crypto`: digests and HMAC in pieces or at once, key derivation, random bytes, and a
//! comparison that takes the same time whatever it finds. Algorithms are the `RustCrypto` crates'.

use crust_core::{Call, Op, OpError, OpResult};
use digest::{Digest, KeyInit, Mac, core_api::BlockSizeUser};
use hmac::SimpleHmac;
use slab::Slab;
use std::cell::RefCell;
use subtle::ConstantTimeEq;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("hashOpen", open),
    Op::new("hashUpdate", update),
    Op::new("hashDigest", finish),
    Op::new("hashCopy", copy),
    Op::new("hashClose", close),
    Op::new("hashOnce", once),
    Op::new("pbkdf2Derive", pbkdf2_derive),
    Op::new("hkdfDerive", hkdf_derive),
    Op::new("scryptDerive", scrypt_derive),
    Op::new("randomFillBytes", random_fill),
    Op::new("timingSafeEqual", timing_safe_equal),
];

thread_local! {
    // JS closes each when it has its digest, or when its object is collected.
    static OPEN: RefCell<Slab<Box<dyn Running>>> = const { RefCell::new(Slab::new()) };
}

/// A digest or MAC that is being fed.
trait Running {
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> Vec<u8>;
    fn copy(&self) -> Box<dyn Running>;
}

#[derive(Clone)]
struct Plain<D>(D);

impl<D: Digest + Clone + 'static> Running for Plain<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
    fn copy(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Keyed<D: Digest + BlockSizeUser>(SimpleHmac<D>);

impl<D: Digest + BlockSizeUser + Clone + 'static> Running for Keyed<D> {
    fn update(&mut self, bytes: &[u8]) {
        Mac::update(&mut self.0, bytes);
    }
    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }
    fn copy(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }
}

/// What is done with a digest algorithm once its name is known.
trait WithDigest {
    type Output;
    fn run<D: Digest + BlockSizeUser + Clone + Sync + 'static>(self) -> Self::Output;
}

/// Calls `action` with the algorithm called `name`; `None` when there is none.
fn with_digest<A: WithDigest>(name: &str, action: A) -> Option<A::Output> {
    Some(match name {
        "md5" => action.run::<md5::Md5>(),
        "sha1" | "sha-1" => action.run::<sha1::Sha1>(),
        "sha224" | "sha-224" => action.run::<sha2::Sha224>(),
        "sha256" | "sha-256" => action.run::<sha2::Sha256>(),
        "sha384" | "sha-384" => action.run::<sha2::Sha384>(),
        "sha512" | "sha-512" => action.run::<sha2::Sha512>(),
        "sha512-256" => action.run::<sha2::Sha512_256>(),
        _ => return None,
    })
}

struct Start<'a>(Option<&'a [u8]>);

impl WithDigest for Start<'_> {
    type Output = Option<Box<dyn Running>>;
    fn run<D: Digest + BlockSizeUser + Clone + Sync + 'static>(self) -> Self::Output {
        match self.0 {
            None => Some(Box::new(Plain(D::new()))),
            Some(key) => match <SimpleHmac<D> as KeyInit>::new_from_slice(key) {
                Ok(mac) => Some(Box::new(Keyed(mac))),
                Err(_) => None,
            },
        }
    }
}

/// `hashOpen(name, key?)`: a handle, or -1 for an unknown algorithm.
#[expect(clippy::cast_precision_loss, reason = "handles are small")]
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let name = cx.string(0)?;
    let key = if cx.value(1).is_nullish() {
        None
    } else {
        Some(cx.bytes(1)?)
    };
    let running = with_digest(&name, Start(key)).flatten();
    let handle = running.map_or(-1.0, |running| {
        OPEN.with_borrow_mut(|open| open.insert(running) as f64)
    });
    Ok(cx.make_number(handle))
}

fn finished() -> OpError {
    OpError::error("Digest already called").code("ERR_CRYPTO_HASH_FINALIZED")
}

/// `hashUpdate(handle, bytes)`.
fn update<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    let bytes = cx.bytes(1)?;
    OPEN.with_borrow_mut(|open| open.get_mut(handle).map(|running| running.update(bytes)))
        .ok_or_else(finished)?;
    Ok(cx.undefined())
}

/// `hashDigest(handle)`: the bytes; the handle is closed.
fn finish<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    let running = OPEN
        .with_borrow_mut(|open| open.try_remove(handle))
        .ok_or_else(finished)?;
    cx.make_bytes(running.finish())
}

/// `hashCopy(handle)`: a handle of its own with the same state.
#[expect(clippy::cast_precision_loss, reason = "handles are small")]
fn copy<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    let copied = OPEN.with_borrow_mut(|open| {
        let copy = open.get(handle)?.copy();
        Some(open.insert(copy))
    });
    Ok(cx.make_number(copied.ok_or_else(finished)? as f64))
}

/// `hashClose(handle)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    OPEN.with_borrow_mut(|open| open.try_remove(handle));
    Ok(cx.undefined())
}

/// `hashOnce(name, bytes)`: the digest, or null for an unknown algorithm.
fn once<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let name = cx.string(0)?;
    let Some(mut running) = with_digest(&name, Start(None)).flatten() else {
        return Ok(cx.null());
    };
    running.update(cx.bytes(1)?);
    cx.make_bytes(running.finish())
}

struct Pbkdf2 {
    password: Vec<u8>,
    salt: Vec<u8>,
    iterations: u32,
    length: usize,
}

impl WithDigest for Pbkdf2 {
    type Output = Vec<u8>;
    fn run<D: Digest + BlockSizeUser + Clone + Sync + 'static>(self) -> Vec<u8> {
        let mut key = vec![0; self.length];
        // Only a MAC that refuses its key fails, and HMAC takes any.
        let _ =
            pbkdf2::pbkdf2::<SimpleHmac<D>>(&self.password, &self.salt, self.iterations, &mut key);
        key
    }
}

/// `pbkdf2Derive(digest, password, salt, iterations, length, async)`: bytes, or a promise of them.
fn pbkdf2_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let name = cx.string(0)?;
    let work = Pbkdf2 {
        password: cx.bytes(1)?.to_vec(),
        salt: cx.bytes(2)?.to_vec(),
        iterations: cx.integer(3)?,
        length: cx.integer(4)?,
    };
    let unknown = || OpError::type_error("Invalid digest").code("ERR_CRYPTO_INVALID_DIGEST");
    if cx.boolean(5) {
        return cx.spawn_blocking(
            move || with_digest(&name, work).ok_or_else(unknown),
            |scope, key| Ok(scope.uint8_array(key)?),
        );
    }
    let key = with_digest(&name, work).ok_or_else(unknown)?;
    cx.make_bytes(key)
}

struct Hkdf<'a> {
    key: &'a [u8],
    salt: &'a [u8],
    info: &'a [u8],
    length: usize,
}

impl WithDigest for Hkdf<'_> {
    type Output = Option<Vec<u8>>;
    /// RFC 5869: extract, then expand; at most 255 blocks.
    fn run<D: Digest + BlockSizeUser + Clone + Sync + 'static>(self) -> Option<Vec<u8>> {
        let mac = |key: &[u8]| <SimpleHmac<D> as KeyInit>::new_from_slice(key).ok();
        let zeros = vec![0; <D as Digest>::output_size()];
        let salt = if self.salt.is_empty() {
            &zeros
        } else {
            self.salt
        };
        let secret = mac(salt)?.chain_update(self.key).finalize().into_bytes();
        let mut out = Vec::with_capacity(self.length.min(255 * zeros.len()));
        let mut block: Vec<u8> = Vec::new();
        let mut counter: u8 = 0;
        while out.len() < self.length {
            counter = counter.checked_add(1)?;
            let step = mac(&secret)?
                .chain_update(&block)
                .chain_update(self.info)
                .chain_update([counter]);
            block = step.finalize().into_bytes().to_vec();
            out.extend_from_slice(&block);
        }
        out.truncate(self.length);
        Some(out)
    }
}

/// `hkdfDerive(digest, key, salt, info, length)`: bytes, or null when the length is too great.
fn hkdf_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let name = cx.string(0)?;
    let work = Hkdf {
        key: cx.bytes(1)?,
        salt: cx.bytes(2)?,
        info: cx.bytes(3)?,
        length: cx.integer(4)?,
    };
    match with_digest(&name, work).flatten() {
        Some(bytes) => cx.make_bytes(bytes),
        None => Ok(cx.null()),
    }
}

/// `scryptDerive(password, salt, log2N, r, p, length, async)`: bytes, or a promise of them.
fn scrypt_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (password, salt) = (cx.bytes(0)?.to_vec(), cx.bytes(1)?.to_vec());
    let (cost, block, parallel) = (cx.integer(2)?, cx.integer(3)?, cx.integer(4)?);
    let length = cx.integer::<usize>(5)?;
    let work = move || -> Result<Vec<u8>, OpError> {
        let invalid = || {
            OpError::range_error("Invalid scrypt params").code("ERR_CRYPTO_INVALID_SCRYPT_PARAMS")
        };
        // The length in the parameters only counts for formatted hashes.
        let params = scrypt::Params::new(cost, block, parallel, 32).map_err(|_| invalid())?;
        let mut key = vec![0; length];
        if !key.is_empty() {
            scrypt::scrypt(&password, &salt, &params, &mut key).map_err(|_| invalid())?;
        }
        Ok(key)
    };
    if cx.boolean(6) {
        return cx.spawn_blocking(work, |scope, key| Ok(scope.uint8_array(key)?));
    }
    cx.make_bytes(work()?)
}

/// `randomFillBytes(bytes)`: from the kernel's generator.
fn random_fill<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut rest = cx.bytes_mut(0)?;
    while !rest.is_empty() {
        let got = rustix::rand::getrandom(&mut *rest, rustix::rand::GetRandomFlags::empty())
            .map_err(|errno| OpError::from_io(&errno.into(), "getrandom", None))?;
        rest = rest.get_mut(got..).unwrap_or_default();
    }
    Ok(cx.undefined())
}

/// `timingSafeEqual(a, b)` of equal lengths.
fn timing_safe_equal<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let equal = bool::from(cx.bytes(0)?.ct_eq(cx.bytes(1)?));
    Ok(cx.make_bool(equal))
}

#[cfg(test)]
mod tests {
    use super::{Hkdf, Pbkdf2, Start, with_digest};

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    #[test]
    fn digests_and_macs() {
        let run = |name: &str, key: Option<&[u8]>| {
            let mut running = with_digest(name, Start(key)).flatten().unwrap();
            running.update(b"abc");
            hex(&running.finish())
        };
        assert_eq!(run("md5", None), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            run("sha1", None),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert!(run("sha256", None).starts_with("ba7816bf"));
        assert!(run("sha256", Some(b"key")).starts_with("9c196e32dc0175f8"));
        assert!(with_digest("none", Start(None)).is_none());
    }

    #[test]
    fn key_derivation() {
        // RFC 6070, first vector; RFC 5869, test case 3.
        let pbkdf2 = Pbkdf2 {
            password: b"password".to_vec(),
            salt: b"salt".to_vec(),
            iterations: 1,
            length: 20,
        };
        assert_eq!(
            hex(&with_digest("sha1", pbkdf2).unwrap()),
            "0c60c80f961f0e71f3a9b524af6012062fe037a6"
        );
        let hkdf = Hkdf {
            key: &[0x0b; 22],
            salt: b"",
            info: b"",
            length: 42,
        };
        assert!(
            hex(&with_digest("sha256", hkdf).flatten().unwrap()).starts_with("8da4e775a563c18f")
        );
        let too_long = Hkdf {
            key: b"",
            salt: b"",
            info: b"",
            length: 255 * 32 + 1,
        };
        assert!(with_digest("sha256", too_long).flatten().is_none());
    }
}
