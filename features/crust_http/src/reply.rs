//! [`Reply`]: what JS answers, before it becomes bytes of a protocol.

/// Status and fields of a response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    /// The reason phrase; HTTP/2 has none.
    pub(crate) text: &'a str,
    /// Complete lines in Latin-1, each ending in CRLF, without those that follow from the framing.
    pub(crate) fields: &'a [u8],
}

impl Reply<'_> {
    /// A response without fields.
    pub(crate) fn bare(status: u16) -> Self {
        Self {
            status,
            text: crust_wire::reason(status),
            fields: b"",
        }
    }

    /// Statuses whose responses have no body (RFC 9110 §6.4.1).
    pub(crate) fn has_no_body(&self) -> bool {
        self.status < 200 || self.status == 204 || self.status == 304
    }
}
