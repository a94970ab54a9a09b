//! The opening handshake of a client's socket: the request, the server's answer, what was agreed. Knows
//! no names and makes no connection.

use super::{Compression, Phase, Socket};
use crate::hub::{Hub, News};
use crust_core::Scope;
use crust_tls::Transport;
use crust_wire::websocket::{
    Decoder, Deflater, HandshakeError, Inflater, Role, ServerResponse, parse_response,
    read_agreement,
};
use std::io;
use std::rc::Rc;
use std::time::Instant;

/// A handshake under way.
pub(super) struct Opening {
    key: String,
    response: Vec<u8>,
    /// When it has failed.
    deadline: Instant,
}

/// What a client sends first.
pub(crate) struct ClientRequest {
    /// The whole head.
    pub(crate) head: Vec<u8>,
    /// The value of its `Sec-WebSocket-Key`.
    pub(crate) key: String,
    /// When the server must have answered.
    pub(crate) deadline: Instant,
}

impl Socket {
    /// Begins a client's handshake on a connection.
    pub(crate) fn connect(
        hub: &Rc<Hub>,
        transport: Transport,
        request: ClientRequest,
    ) -> io::Result<usize> {
        let decoder = Decoder::new(Role::Client, hub.settings.max_payload, None);
        let opening = Opening {
            key: request.key,
            response: Vec::new(),
            deadline: request.deadline,
        };
        let socket = Self::open(hub, transport, Role::Client, decoder, Some(opening))?;
        socket
            .output
            .borrow_mut()
            .append(|bytes| bytes.extend_from_slice(&request.head));
        socket.touch();
        Ok(socket.key)
    }

    /// Ends a handshake that takes too long.
    pub(super) fn sweep_opening(&self, scope: Scope<'_>) {
        let is_late = self
            .opening
            .borrow()
            .as_ref()
            .is_some_and(|opening| Instant::now() >= opening.deadline);
        if is_late {
            self.fail(scope, crate::connect::TIMED_OUT);
            self.end(scope, 1006, "", false);
        }
    }

    /// Takes what the server answers to the request.
    pub(super) fn answered(&self, scope: Scope<'_>, bytes: &mut [u8]) {
        let parsed = {
            let mut opening = self.opening.borrow_mut();
            let Some(opening) = opening.as_mut() else {
                return;
            };
            opening.response.extend_from_slice(bytes);
            parse_response(&opening.response, &opening.key)
        };
        match parsed {
            Ok(None) => {}
            Ok(Some((agreed, length))) => self.opened(scope, &agreed, length),
            Err(error) => {
                let message = match error {
                    HandshakeError::Status(status) => format!("{error}: {status}"),
                    other => other.to_string(),
                };
                self.fail(scope, &message);
                self.end(scope, 1006, "", false);
            }
        }
    }

    pub(super) fn fail(&self, scope: Scope<'_>, message: &str) {
        let arguments = [self.number(scope), scope.string(message)];
        self.hub.tell(scope, News::Failed, &arguments);
    }

    fn opened(&self, scope: Scope<'_>, agreed: &ServerResponse, length: usize) {
        let Some(opening) = self.opening.take() else {
            return;
        };
        let deflate = read_agreement(&agreed.extensions);
        let Ok(deflate) =
            deflate.map(|deflate| deflate.filter(|_| self.hub.settings.deflate.is_some()))
        else {
            self.fail(scope, &HandshakeError::Extension.to_string());
            return self.end(scope, 1006, "", false);
        };
        if let Some(deflate) = deflate {
            let inflater = Inflater::new(deflate.server_forgets);
            *self.decoder.borrow_mut() =
                Decoder::new(Role::Client, self.hub.settings.max_payload, Some(inflater));
            // zlib has no window of 8; what is sent uncompressed needs none.
            if deflate.client_window > 8 {
                let deflater = Deflater::new(deflate.client_window, deflate.client_forgets);
                *self.compression.borrow_mut() = Compression::Own(deflater);
            }
        }
        self.phase.set(Phase::Open);
        let arguments = [
            self.number(scope),
            scope.string(&agreed.protocol),
            scope.string(&agreed.extensions),
        ];
        self.hub.tell(scope, News::Open, &arguments);
        let mut rest = opening.response;
        self.frames(scope, rest.get_mut(length..).unwrap_or_default());
    }
}
