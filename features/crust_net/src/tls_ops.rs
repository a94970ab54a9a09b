//! The natives of TLS: contexts, the start of a session, and what is known of one.

use crate::address;
use crate::contexts::{Context, Contexts};
use crate::sockets::{connection, number};
use crust_core::{Call, Op, OpError, OpResult, Scope, Throw, Value};
use crust_tls::{
    Authorities, Certificate, Identity, Refusal, Session, TlsError, Versions, judge_client,
    judge_server, server_name,
};
use std::rc::Rc;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("tlsContext", context),
    Op::new("tlsContextDrop", drop_context),
    Op::new("tlsContextName", add_name),
    Op::new("tlsStart", start),
    Op::new("tlsJudge", judge),
    Op::new("tlsInfo", info),
    Op::new("tlsPeerCertificates", peer_certificates),
    Op::new("tlsParseCertificate", parse_certificate),
    Op::new("tlsExportKeyingMaterial", export_keying_material),
    Op::new("tlsSystemCertificates", system_certificates),
];

/// The error of a broken certificate, key or session.
fn failure(error: &TlsError) -> OpError {
    OpError::error(error.to_string()).code(error.code())
}

/// `tlsContext(cert | null, key | null, passphrase | null, ca | null, tls12, tls13)`, all PEM texts:
/// the context's number.
fn context<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (certificate, key) = (cx.opt_string(0)?, cx.opt_string(1)?);
    let (passphrase, authorities) = (cx.opt_string(2)?, cx.opt_string(3)?);
    let versions = Versions {
        tls12: cx.boolean(4),
        tls13: cx.boolean(5),
    };
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => {
            let passphrase = passphrase.as_deref().map(str::as_bytes);
            let made = Identity::new(certificate.as_bytes(), key.as_bytes(), passphrase);
            Some(made.map_err(|error| failure(&error))?)
        }
        _ => None,
    };
    let authorities = authorities
        .map(|text| Authorities::only([text.as_bytes()]))
        .transpose()
        .map_err(|error| failure(&error))?;
    let made = Rc::new(Context::new(identity, authorities, versions));
    let id = cx
        .runtime()
        .state::<Contexts>()
        .list
        .borrow_mut()
        .insert(made);
    Ok(cx.make_number(number(id)))
}

fn find<'s>(cx: &Call<'s>, index: usize) -> Result<Rc<Context>, Throw<'s>> {
    let id: usize = cx.integer(index)?;
    let found = cx
        .runtime()
        .state::<Contexts>()
        .list
        .borrow()
        .get(id)
        .cloned();
    found.ok_or_else(|| {
        OpError::error("the secure context is gone")
            .code("ERR_TLS_INVALID_CONTEXT")
            .into()
    })
}

fn drop_context<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let id: usize = cx.integer(0)?;
    cx.runtime()
        .state::<Contexts>()
        .list
        .borrow_mut()
        .try_remove(id);
    Ok(cx.undefined())
}

/// `tlsContextName(context, name, other)`: clients that ask for the name get the other's certificate.
fn add_name<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (context, name, other) = (find(cx, 0)?, cx.string(1)?, find(cx, 2)?);
    if let Some(identity) = &other.identity {
        context.add_name(name.to_ascii_lowercase(), identity.clone());
    }
    Ok(cx.undefined())
}

/// `tlsStart(socket, context, server, name | null, ask, protocols)`.
fn start<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (connection, context) = (connection(cx)?, find(cx, 1)?);
    let (is_server, name, ask) = (cx.boolean(2), cx.opt_string(3)?, cx.boolean(4));
    let protocols = cx.bytes(5)?;
    let session = if is_server {
        let config = context.server(ask, protocols);
        config.and_then(|config| Session::server(&config))
    } else {
        let config = context.client(protocols);
        // An unspecified address is no name and is not sent: the handshake goes without one.
        let name = name.as_deref().unwrap_or("0.0.0.0");
        config.and_then(|config| Session::client(&config, server_name(name)?))
    };
    let session = session.map_err(|error| failure(&error))?;
    connection.start_tls(session).map_err(address::failure)?;
    Ok(cx.undefined())
}

/// Asks the session of the socket in argument 0.
fn ask<'s, T>(cx: &Call<'s>, ask: impl FnOnce(&Session) -> T) -> Result<Option<T>, Throw<'s>> {
    Ok(connection(cx)?
        .with(|transport| transport.session().map(ask))
        .flatten())
}

/// `tlsJudge(socket, context, server)`: null when the peer is trusted, else `{code, message}`.
fn judge<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (context, is_server) = (find(cx, 1)?, cx.boolean(2));
    let refusal: Option<Refusal> = ask(cx, |session| {
        let chain = session.peer_certificates();
        if is_server {
            judge_client(context.authorities(), &chain)
        } else {
            judge_server(context.authorities(), &chain)
        }
    })?
    .flatten();
    let Some(Refusal { code, message }) = refusal else {
        return Ok(cx.null());
    };
    cx.make_object(&[
        ("code", cx.make_string(code)),
        ("message", cx.make_string(&message)),
    ])
}

/// `tlsInfo(socket)`: `{version, cipher, protocol, name, resumed}`, or null without a session.
fn info<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let scope = cx.scope();
    let text = |value: Option<&str>| value.map_or_else(|| scope.null(), |text| scope.string(text));
    let known = ask(cx, |session| {
        [
            ("version", text(session.version())),
            ("cipher", text(session.cipher_suite())),
            (
                "protocol",
                session
                    .protocol()
                    .map_or_else(|| scope.null(), |name| scope.string_latin1(name)),
            ),
            ("name", text(session.requested_name())),
            ("resumed", scope.boolean(session.is_resumed())),
        ]
    })?;
    known.map_or_else(|| Ok(cx.null()), |known| cx.make_object(&known))
}

/// `tlsPeerCertificates(socket)`: the DER of the chain, the peer's own first.
fn peer_certificates<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let chain: Vec<Vec<u8>> = ask(cx, |session| {
        session
            .peer_certificates()
            .into_iter()
            .map(<[u8]>::to_vec)
            .collect()
    })?
    .unwrap_or_default();
    byte_arrays(cx, chain)
}

fn byte_arrays<'s>(cx: &Call<'s>, list: Vec<Vec<u8>>) -> OpResult<'s> {
    let array = cx.scope().array(&[])?;
    for (index, bytes) in (0..).zip(list) {
        array.set_index(index, cx.make_bytes(bytes)?)?;
    }
    Ok(array)
}

fn pairs<'s>(scope: Scope<'s>, attributes: &[(String, String)]) -> OpResult<'s> {
    let flat: Vec<Value<'s>> = attributes
        .iter()
        .flat_map(|(name, value)| [scope.string(name), scope.string(value)])
        .collect();
    Ok(scope.array(&flat)?)
}

/// `tlsParseCertificate(der)`: its fields; names as flat arrays, times in seconds.
fn parse_certificate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let parsed = Certificate::parse(cx.bytes(0)?).map_err(|error| failure(&error))?;
    let scope = cx.scope();
    #[expect(clippy::cast_precision_loss, reason = "years before 10000")]
    let time = |seconds: u64| scope.number(seconds as f64);
    let usage: Vec<Value<'s>> = parsed
        .key_usage
        .iter()
        .map(|one| scope.string(one))
        .collect();
    cx.make_object(&[
        ("subject", pairs(scope, &parsed.subject)?),
        ("issuer", pairs(scope, &parsed.issuer)?),
        ("alternativeNames", scope.string(&parsed.alternative_names)),
        ("notBefore", time(parsed.not_before)),
        ("notAfter", time(parsed.not_after)),
        ("serialNumber", scope.string(&parsed.serial_number)),
        ("keyUsage", scope.array(&usage)?),
        ("isAuthority", scope.boolean(parsed.is_authority)),
        ("isSelfIssued", scope.boolean(parsed.is_self_issued)),
    ])
}

/// The longest keying material that is handed out: RFC 8446's limit for one hash is 255 blocks.
const MATERIAL: usize = 255 * 48;

/// `tlsExportKeyingMaterial(socket, length, label, context | undefined)`.
fn export_keying_material<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let length = cx.integer::<usize>(1)?;
    if length == 0 || length > MATERIAL {
        return Err(
            OpError::range_error("the length of the keying material is out of range").into(),
        );
    }
    let label = cx.string(2)?;
    let context = if cx.value(3).is_undefined() {
        None
    } else {
        Some(cx.bytes(3)?)
    };
    let mut output = vec![0; length];
    let exported = ask(cx, |session| {
        session.export_keying_material(&mut output, label.as_bytes(), context)
    })?;
    match exported {
        Some(Ok(())) => cx.make_bytes(output),
        Some(Err(error)) => Err(failure(&error).into()),
        None => Err(address::failure(libc::ENOTCONN).into()),
    }
}

/// `tlsSystemCertificates(extra)`: the DER of the system's authorities, or of `NODE_EXTRA_CA_CERTS`.
fn system_certificates<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let list = if cx.boolean(0) {
        Authorities::extra_certificates()
    } else {
        Authorities::system_certificates()
    };
    byte_arrays(cx, list)
}
