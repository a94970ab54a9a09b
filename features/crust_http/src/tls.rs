//! The `tls` option: identities, authorities and names, one object or several for several names.

use crust_core::{OpError, Throw, Value};
use crust_tls::{Authorities, Identity, ServerConfig, ServerOptions, TlsError};

/// Builds the configuration of a server from a list of `{cert, key, passphrase, ca, serverName,
/// requestCert, rejectUnauthorized, http2}`; `cert`, `key` and `ca` are strings or bytes.
pub(crate) fn server_config<'s>(list: Value<'s>) -> Result<ServerConfig, Throw<'s>> {
    let count = list.get("length")?.to_number()?;
    let mut identities = Vec::new();
    let mut authorities: Vec<Vec<u8>> = Vec::new();
    let (mut asks, mut requires, mut offers_http2) = (false, false, false);
    let mut index = 0_u32;
    while f64::from(index) < count {
        let entry = list.get_index(index)?;
        identities.push((name(entry)?, identity(entry)?));
        let texts = entry.get("ca")?;
        let texts_count = texts.get("length")?.to_number()?;
        let mut at = 0_u32;
        while f64::from(at) < texts_count {
            authorities.push(bytes(texts.get_index(at)?)?);
            at += 1;
        }
        asks |= entry.get("requestCert")?.to_boolean();
        requires |= entry.get("rejectUnauthorized")?.to_boolean();
        offers_http2 |= entry.get("http2")?.to_boolean();
        index += 1;
    }
    let client_authorities = match (asks, authorities.is_empty()) {
        (false, _) => None,
        (true, true) => Some(Authorities::system().clone()),
        (true, false) => Some(
            Authorities::only(authorities.iter().map(Vec::as_slice))
                .map_err(|error| failed(&error))?,
        ),
    };
    let mut protocols = vec![b"http/1.1".to_vec()];
    if offers_http2 {
        protocols.insert(0, b"h2".to_vec());
    }
    let options = ServerOptions {
        identities,
        client_authorities,
        client_certificate_required: requires,
        protocols,
    };
    Ok(crust_tls::server_config(options).map_err(|error| failed(&error))?)
}

fn name<'s>(entry: Value<'s>) -> Result<Option<String>, Throw<'s>> {
    let name = entry.get("serverName")?;
    Ok(if name.is_string() {
        Some(name.to_text()?).filter(|name| !name.is_empty())
    } else {
        None
    })
}

fn identity<'s>(entry: Value<'s>) -> Result<Identity, Throw<'s>> {
    let passphrase = entry.get("passphrase")?;
    let passphrase = if passphrase.is_nullish() {
        None
    } else {
        Some(bytes(passphrase)?)
    };
    let (certificates, key) = (bytes(entry.get("cert")?)?, bytes(entry.get("key")?)?);
    Ok(
        Identity::new(&certificates, &key, passphrase.as_deref())
            .map_err(|error| failed(&error))?,
    )
}

fn bytes<'s>(value: Value<'s>) -> Result<Vec<u8>, Throw<'s>> {
    let mut bytes = Vec::new();
    if value.is_string() {
        value.append_utf8(&mut bytes)?;
    } else {
        value.with_bytes(|content| bytes.extend_from_slice(content));
    }
    Ok(bytes)
}

fn failed(error: &TlsError) -> OpError {
    OpError::error(error.to_string()).code(error.code())
}
