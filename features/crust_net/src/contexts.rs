//! [`Context`]: certificates, keys and authorities that connections share, and the configurations made
//! of them. Never decides whether a peer is trusted.

use crust_tls::{
    Authorities, ClientConfig, Identity, ServerConfig, TlsError, Versions, deferred_client,
    deferred_server,
};
use slab::Slab;
use std::cell::RefCell;
use std::rc::Rc;

/// What `tls.createSecureContext` makes.
pub(crate) struct Context {
    pub(crate) identity: Option<Identity>,
    pub(crate) authorities: Option<Authorities>,
    pub(crate) versions: Versions,
    names: RefCell<Vec<(Option<String>, Identity)>>,
    /// The last ones made, with what they were made for: connections of a server or pool ask for the
    /// same again.
    server: RefCell<Option<(bool, Vec<u8>, ServerConfig)>>,
    client: RefCell<Option<(Vec<u8>, ClientConfig)>>,
}

impl Context {
    pub(crate) fn new(
        identity: Option<Identity>,
        authorities: Option<Authorities>,
        versions: Versions,
    ) -> Self {
        Self {
            identity,
            authorities,
            versions,
            names: RefCell::default(),
            server: RefCell::default(),
            client: RefCell::default(),
        }
    }

    /// Whom to trust.
    pub(crate) fn authorities(&self) -> &Authorities {
        self.authorities
            .as_ref()
            .unwrap_or_else(|| Authorities::system())
    }

    /// Serves clients that ask for `name` with another identity.
    pub(crate) fn add_name(&self, name: String, identity: Identity) {
        let mut names = self.names.borrow_mut();
        names.retain(|(known, _)| known.as_deref() != Some(name.as_str()));
        names.push((Some(name), identity));
        self.server.borrow_mut().take();
    }

    /// A server's configuration with these protocols (RFC 7301's wire format).
    pub(crate) fn server(&self, ask: bool, protocols: &[u8]) -> Result<ServerConfig, TlsError> {
        if let Some((asked, known, config)) = &*self.server.borrow()
            && *asked == ask
            && known == protocols
        {
            return Ok(ServerConfig::clone(config));
        }
        let own = self
            .identity
            .iter()
            .map(|identity| (None, identity.clone()));
        let identities = own.chain(self.names.borrow().iter().cloned()).collect();
        let config = deferred_server(identities, ask, split(protocols), self.versions)?;
        *self.server.borrow_mut() = Some((ask, protocols.to_vec(), ServerConfig::clone(&config)));
        Ok(config)
    }

    /// A client's configuration with these protocols.
    pub(crate) fn client(&self, protocols: &[u8]) -> Result<ClientConfig, TlsError> {
        if let Some((known, config)) = &*self.client.borrow()
            && known == protocols
        {
            return Ok(ClientConfig::clone(config));
        }
        let config = deferred_client(self.identity.as_ref(), split(protocols), self.versions)?;
        *self.client.borrow_mut() = Some((protocols.to_vec(), ClientConfig::clone(&config)));
        Ok(config)
    }
}

/// Protocol names out of their wire format; what is cut off at the end is left out.
fn split(mut wire: &[u8]) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    while let Some((length, rest)) = wire.split_first() {
        let Some((name, rest)) = rest.split_at_checked(usize::from(*length)) else {
            break;
        };
        if !name.is_empty() {
            names.push(name.to_vec());
        }
        wire = rest;
    }
    names
}

/// The runtime's contexts by number.
#[derive(Default)]
pub(crate) struct Contexts {
    pub(crate) list: RefCell<Slab<Rc<Context>>>,
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn protocols_are_split_by_their_lengths() {
        assert_eq!(
            split(b"\x02h2\x08http/1.1"),
            [b"h2".to_vec(), b"http/1.1".to_vec()]
        );
        assert_eq!(split(b"\x02h2\x00\x09short"), [b"h2".to_vec()]);
        assert!(split(b"").is_empty());
    }
}
