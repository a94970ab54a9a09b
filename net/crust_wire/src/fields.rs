//! Header fields in the bytes of a head that was accepted before: looked up and listed when somebody
//! asks. Never decides what a field means.

/// The fields in order: name as received, value without the white space around it.
pub fn fields(head: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = skip_line(head);
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest)?;
        let line = rest.get(..end)?.trim_ascii_end();
        rest = rest.get(end + 1..).unwrap_or_default();
        let colon = memchr::memchr(b':', line)?;
        let (name, value) = line.split_at_checked(colon)?;
        Some((name, value.get(1..)?.trim_ascii()))
    })
}

fn skip_line(head: &[u8]) -> &[u8] {
    let end = memchr::memchr(b'\n', head).map_or(head.len(), |end| end + 1);
    head.get(end..).unwrap_or_default()
}

/// The value of a field, combined when it repeats (RFC 9110 §5.3; cookies by `; `, RFC 9113 §8.2.3).
/// `name` is in lower case.
pub fn field(head: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut values = fields(head)
        .filter(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| value);
    let mut combined = values.next()?.to_vec();
    let separator: &[u8] = if name == b"cookie" { b"; " } else { b", " };
    for value in values {
        combined.extend_from_slice(separator);
        combined.extend_from_slice(value);
    }
    Some(combined)
}

/// All fields as `name NUL value NUL …`, names in lower case; neither part can hold a NUL.
pub fn field_list(head: &[u8]) -> Vec<u8> {
    let mut list = Vec::with_capacity(head.len());
    for (name, value) in fields(head) {
        list.extend(name.iter().map(u8::to_ascii_lowercase));
        list.push(0);
        list.extend_from_slice(value);
        list.push(0);
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &[u8] =
        b"GET / HTTP/1.1\r\nHost: x\r\nA:  b \r\nCookie: c=1\r\na: d\r\ncookie: e=2\r\n\r\n";

    #[test]
    fn repeated_fields_are_combined() {
        assert_eq!(field(HEAD, b"a"), Some(b"b, d".to_vec()));
        assert_eq!(field(HEAD, b"cookie"), Some(b"c=1; e=2".to_vec()));
        assert_eq!(field(HEAD, b"b"), None);
    }

    #[test]
    fn a_list_in_order() {
        assert_eq!(
            field_list(b"GET / HTTP/1.1\r\nHost: x\r\nX-Y:\r\n\r\n"),
            b"host\0x\0x-y\0\0"
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (field(&bytes, b"a"), field_list(&bytes));
        }
    }
}
