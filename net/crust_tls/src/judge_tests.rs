//! Certificates that are read and judged after a handshake.

use crate::{Authorities, Certificate, Refusal, TlsError, judge_client, judge_server};
use proptest::prelude::*;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

const CERT: &[u8] = include_bytes!("../tests/localhost.crt");
const OTHER: &[u8] = include_bytes!("../tests/other.crt");

fn der(pem: &[u8]) -> Result<Vec<u8>, TlsError> {
    let parsed = CertificateDer::from_pem_slice(pem);
    let unreadable =
        |error: rustls::pki_types::pem::Error| TlsError::Certificate("cert", error.to_string());
    Ok(parsed.map_err(unreadable)?.to_vec())
}

#[test]
fn the_fields_of_a_certificate_are_read() -> Result<(), TlsError> {
    let read = Certificate::parse(&der(CERT)?)?;
    assert_eq!(read.subject, [("CN".to_owned(), "localhost".to_owned())]);
    assert_eq!(
        read.alternative_names,
        "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"
    );
    assert!(read.is_self_issued);
    assert!(read.not_before < read.not_after);
    Ok(())
}

#[test]
fn a_certificate_is_trusted_by_name_or_not_at_all() -> Result<(), TlsError> {
    let chain = der(CERT)?;
    let trusting = Authorities::only([CERT])?;
    assert_eq!(judge_server(&trusting, &[&chain]), None);
    assert_eq!(judge_client(&trusting, &[&chain]), None);
    let code = |refusal: Option<Refusal>| refusal.map(|refusal| refusal.code);
    let others = Authorities::only([OTHER])?;
    let expected = Some("DEPTH_ZERO_SELF_SIGNED_CERT");
    assert_eq!(code(judge_server(&others, &[&chain])), expected);
    assert_eq!(code(judge_client(&others, &[&chain])), expected);
    assert_eq!(
        code(judge_client(&others, &[])),
        Some("UNABLE_TO_GET_ISSUER_CERT")
    );
    Ok(())
}

/// How many entries a reader counts who knows that a quoted text is one piece.
fn entries(names: &str) -> usize {
    let unquoted: String = names.split('"').step_by(2).collect();
    unquoted.split(", ").count()
}

proptest! {
    #[test]
    fn foreign_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Certificate::parse(&bytes);
    }

    #[test]
    fn a_damaged_certificate_is_read_or_refused(at in any::<prop::sample::Index>(), bits in 1..=255_u8) {
        let mut bytes = der(CERT).unwrap_or_default();
        let index = at.index(bytes.len());
        if let Some(byte) = bytes.get_mut(index) {
            *byte ^= bits;
        }
        if let Ok(read) = Certificate::parse(&bytes) {
            // No name may pass for several: what could be taken for a separator is quoted.
            prop_assert!(entries(&read.alternative_names) <= 3, "{}", read.alternative_names);
        }
        let authorities = Authorities::only([OTHER]).ok();
        if let Some(authorities) = authorities {
            prop_assert!(judge_server(&authorities, &[&bytes]).is_some());
        }
    }
}
