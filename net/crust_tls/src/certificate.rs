//! [`Certificate`]: what a program may want to know of an X.509 certificate (RFC 5280), as text.
//! Never decides whether one is trusted.

use crate::TlsError;
use std::fmt::Write;
use std::net::{IpAddr, Ipv6Addr};
use x509_cert::Certificate as Parsed;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectAltName};
use x509_cert::name::Name;
use x509_cert::time::Time;

/// The fields of a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Short attribute names (`CN`) and values of whom it is for, most general first.
    pub subject: Vec<(String, String)>,
    /// Those of who signed it.
    pub issuer: Vec<(String, String)>,
    /// `DNS:localhost, IP Address:127.0.0.1`; empty without the extension.
    pub alternative_names: String,
    /// Seconds since 1970.
    pub not_before: u64,
    /// Seconds since 1970.
    pub not_after: u64,
    /// Upper-case hexadecimal.
    pub serial_number: String,
    /// Object identifiers of the extended key usage.
    pub key_usage: Vec<String>,
    /// Whether it may sign others.
    pub is_authority: bool,
    /// Subject and issuer are the same.
    pub is_self_issued: bool,
}

impl Certificate {
    /// Reads a DER certificate.
    ///
    /// # Errors
    /// Bytes that are no certificate.
    pub fn parse(der: &[u8]) -> Result<Self, TlsError> {
        let unreadable =
            |error: x509_cert::der::Error| TlsError::Certificate("cert", error.to_string());
        let parsed = Parsed::from_der(der).map_err(unreadable)?;
        let tbs = &parsed.tbs_certificate;
        let names = tbs.get::<SubjectAltName>().ok().flatten();
        let usage = tbs.get::<ExtendedKeyUsage>().ok().flatten();
        let constraints = tbs.get::<BasicConstraints>().ok().flatten();
        let mut serial_number = String::new();
        for byte in tbs.serial_number.as_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(serial_number, "{byte:02X}");
        }
        Ok(Self {
            subject: attributes(&tbs.subject),
            issuer: attributes(&tbs.issuer),
            alternative_names: names
                .map(|(_, names)| describe(&names.0))
                .unwrap_or_default(),
            not_before: seconds(tbs.validity.not_before),
            not_after: seconds(tbs.validity.not_after),
            serial_number,
            key_usage: usage
                .map(|(_, usage)| usage.0.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            is_authority: constraints.is_some_and(|(_, constraints)| constraints.ca),
            is_self_issued: tbs.subject == tbs.issuer,
        })
    }
}

fn seconds(time: Time) -> u64 {
    time.to_unix_duration().as_secs()
}

/// Attribute types that have a short name (RFC 4519 and what OpenSSL prints).
const SHORT_NAMES: &[(&str, &str)] = &[
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.42", "GN"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
];

fn short_name(identifier: ObjectIdentifier) -> String {
    let dotted = identifier.to_string();
    let known = SHORT_NAMES.iter().find(|(number, _)| *number == dotted);
    known.map_or(dotted, |(_, name)| (*name).to_owned())
}

fn attributes(name: &Name) -> Vec<(String, String)> {
    let sets = name.0.iter();
    sets.flat_map(|set| set.0.iter())
        .map(|attribute| {
            // Every string type of X.520 that is in use holds UTF-8 or a subset of it.
            let text = String::from_utf8_lossy(attribute.value.value()).into_owned();
            (short_name(attribute.oid), text)
        })
        .collect()
}

fn describe(names: &[GeneralName]) -> String {
    let texts: Vec<String> = names.iter().map(describe_one).collect();
    texts.join(", ")
}

fn describe_one(name: &GeneralName) -> String {
    match name {
        GeneralName::DnsName(name) => format!("DNS:{}", quoted(name.as_str())),
        GeneralName::Rfc822Name(name) => format!("email:{}", quoted(name.as_str())),
        GeneralName::UniformResourceIdentifier(name) => format!("URI:{}", quoted(name.as_str())),
        GeneralName::IpAddress(bytes) => match address(bytes.as_bytes()) {
            Some(address) => format!("IP Address:{address}"),
            None => "IP Address:<invalid>".to_owned(),
        },
        GeneralName::RegisteredId(identifier) => format!("Registered ID:{identifier}"),
        GeneralName::DirectoryName(name) => {
            let parts = attributes(name);
            let parts: Vec<String> = parts
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            format!("DirName:{}", quoted(&parts.join(",")))
        }
        other => format!(
            "othername:<{} bytes>",
            other.to_der().map_or(0, |der| der.len())
        ),
    }
}

/// A name that could be mistaken for several is written as a JSON string, as Node does since
/// CVE-2021-44532.
fn quoted(name: &str) -> String {
    let plain = |character: char| {
        character.is_ascii_graphic() && !matches!(character, ',' | '"' | '\\' | '\'')
    };
    if name.chars().all(plain) {
        return name.to_owned();
    }
    let mut text = String::from("\"");
    for character in name.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            ' '..='~' => text.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
    text
}

/// An address as OpenSSL prints it: no run of zeros is left out.
fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(IpAddr::from(four).to_string());
    }
    let groups = Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).segments();
    Some(groups.map(|group| format!("{group:X}")).join(":"))
}
