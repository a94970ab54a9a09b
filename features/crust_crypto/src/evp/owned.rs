//! [`Owned`]: an object of AWS-LC that is freed when its owner goes. It never shares ownership.

use aws_lc_sys::{
    BIGNUM, BN_clear_free, EC_KEY, EC_KEY_free, EC_POINT, EC_POINT_free, ECDSA_SIG, ECDSA_SIG_free,
    EVP_CIPHER_CTX, EVP_CIPHER_CTX_free, EVP_PKEY, EVP_PKEY_CTX, EVP_PKEY_CTX_free, EVP_PKEY_free,
    RSA, RSA_free,
};
use std::ptr::NonNull;

/// A type of AWS-LC with the function that frees it.
pub(super) trait Free {
    /// Frees an object.
    ///
    /// # Safety
    /// `pointer` is alive and owned by the caller, who does not use it again.
    #[expect(unsafe_code, reason = "a foreign object")]
    unsafe fn free(pointer: *mut Self);
}

macro_rules! free {
    ($($type:ty: $function:path;)*) => {$(
        impl Free for $type {
            #[expect(unsafe_code, reason = "a foreign object")]
            unsafe fn free(pointer: *mut Self) {
                // SAFETY: the contract of `Free::free`.
                unsafe { $function(pointer) }
            }
        }
    )*};
}

free! {
    BIGNUM: BN_clear_free;
    EC_KEY: EC_KEY_free;
    EC_POINT: EC_POINT_free;
    ECDSA_SIG: ECDSA_SIG_free;
    EVP_CIPHER_CTX: EVP_CIPHER_CTX_free;
    EVP_PKEY: EVP_PKEY_free;
    EVP_PKEY_CTX: EVP_PKEY_CTX_free;
    RSA: RSA_free;
}

/// The one owner of an object.
pub(super) struct Owned<T: Free>(NonNull<T>);

impl<T: Free> Owned<T> {
    /// Takes what a constructor of the library answered; `None` when that was null.
    ///
    /// # Safety
    /// `pointer` is null, or alive and owned by nobody else.
    #[expect(unsafe_code, reason = "takes over a foreign object")]
    pub(super) unsafe fn new(pointer: *mut T) -> Option<Self> {
        NonNull::new(pointer).map(Self)
    }

    /// To hand to functions that borrow.
    pub(super) fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }

    /// To hand to functions that take ownership.
    pub(super) fn into_ptr(self) -> *mut T {
        let pointer = self.0.as_ptr();
        std::mem::forget(self);
        pointer
    }
}

impl<T: Free> Drop for Owned<T> {
    #[expect(unsafe_code, reason = "frees a foreign object")]
    fn drop(&mut self) {
        // SAFETY: `new` made this the only owner, and `into_ptr` forgets it.
        unsafe { T::free(self.0.as_ptr()) }
    }
}

// SAFETY: the library's objects are bound to no thread.
#[expect(unsafe_code, reason = "a foreign object without thread affinity")]
unsafe impl<T: Free> Send for Owned<T> {}
