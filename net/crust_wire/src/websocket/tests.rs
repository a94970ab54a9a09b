//! Cases in the manner of the Autobahn suite, and properties over arbitrary input.

use super::*;
use proptest::prelude::*;

const MASK: [u8; 4] = [0x12, 0x9a, 0xf0, 0x37];

/// Everything that `input`, cut into pieces of these sizes, decodes to.
fn decode_all(
    decoder: &mut Decoder,
    input: &[u8],
    sizes: &[usize],
) -> (Vec<Event<'static>>, Option<Violation>) {
    let mut events = Vec::new();
    let mut rest = input;
    let mut sizes = sizes.iter().copied().cycle();
    while !rest.is_empty() {
        let count = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let (piece, after) = rest.split_at(count);
        rest = after;
        let mut piece = piece.to_vec();
        let mut at = 0;
        while at < piece.len() {
            match decoder.decode(&mut piece[at..]) {
                Err(violation) => return (events, Some(violation)),
                Ok((used, event)) => {
                    assert!(used > 0, "no progress");
                    at += used;
                    events.extend(event.map(owned));
                }
            }
        }
    }
    (events, None)
}

fn owned(event: Event<'_>) -> Event<'static> {
    match event {
        Event::Text(bytes) => Event::Text(bytes.into_owned().into()),
        Event::Binary(bytes) => Event::Binary(bytes.into_owned().into()),
        Event::Ping(bytes) => Event::Ping(bytes.into_owned().into()),
        Event::Pong(bytes) => Event::Pong(bytes.into_owned().into()),
        Event::Close(reason) => Event::Close(reason),
    }
}

fn server() -> Decoder {
    Decoder::new(Role::Server, 1 << 20, None)
}

fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    append_frame(&mut bytes, Opcode::Text, false, Some(MASK), payload);
    bytes[0] = first;
    bytes
}

fn run(frames: &[Vec<u8>]) -> (Vec<Event<'static>>, Option<u16>) {
    let bytes = frames.concat();
    let whole = decode_all(&mut server(), &bytes, &[usize::MAX]);
    let single = decode_all(&mut server(), &bytes, &[1]);
    assert_eq!(whole, single);
    (whole.0, whole.1.map(Violation::code))
}

fn text(text: &str) -> Event<'static> {
    Event::Text(text.as_bytes().to_vec().into())
}

const FIN_TEXT: u8 = 0x81;
const FIN_BINARY: u8 = 0x82;

#[test]
fn lengths_of_every_form() {
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536, 70_000] {
        let payload = vec![b'*'; length];
        let (events, violation) = run(&[frame(FIN_TEXT, &payload), frame(FIN_BINARY, &payload)]);
        assert_eq!(violation, None);
        assert_eq!(
            events,
            [
                Event::Text(payload.clone().into()),
                Event::Binary(payload.into())
            ]
        );
    }
}

#[test]
fn pings_and_pongs() {
    let longest = [0xfe; 125];
    let (events, violation) = run(&[
        frame(0x89, &longest),
        frame(0x8a, b"unasked"),
        frame(0x89, b""),
    ]);
    assert_eq!(violation, None);
    assert_eq!(
        events,
        [
            Event::Ping(longest.to_vec().into()),
            Event::Pong(b"unasked".to_vec().into()),
            Event::Ping(Vec::new().into())
        ]
    );
    assert_eq!(run(&[frame(0x89, &[0; 126])]).1, Some(1002));
}

#[test]
fn reserved_bits_and_opcodes() {
    for bits in [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70] {
        assert_eq!(
            run(&[frame(FIN_TEXT, b"first"), frame(FIN_TEXT | bits, b"x")]),
            (vec![text("first")], Some(1002))
        );
        assert_eq!(run(&[frame(0x89 | bits, b"")]).1, Some(1002));
    }
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        assert_eq!(run(&[frame(0x80 | opcode, b"")]).1, Some(1002), "{opcode}");
    }
}

#[test]
fn fragments_with_control_frames_between() {
    let frames = [
        frame(0x01, b"fragment1"),
        frame(0x89, b"ping"),
        frame(0x00, b""),
        frame(0x80, b"fragment2"),
        frame(0x02, b""),
        frame(0x80, b""),
    ];
    let expected = [
        Event::Ping(b"ping".to_vec().into()),
        text("fragment1fragment2"),
        Event::Binary(Vec::new().into()),
    ];
    assert_eq!(run(&frames), (expected.to_vec(), None));
}

#[test]
fn fragments_out_of_order() {
    assert_eq!(run(&[frame(0x09, b"x")]).1, Some(1002));
    assert_eq!(run(&[frame(0x80, b"x")]).1, Some(1002));
    assert_eq!(run(&[frame(0x00, b"x")]).1, Some(1002));
    assert_eq!(
        run(&[frame(0x01, b"x"), frame(FIN_TEXT, b"y")]).1,
        Some(1002)
    );
    assert_eq!(
        run(&[frame(0x01, b"x"), frame(0x80, b"y"), frame(0x80, b"z")]),
        (vec![text("xy")], Some(1002))
    );
}

#[test]
fn utf_8() {
    let kosme = "κόσμε 𝄞";
    assert_eq!(run(&[frame(FIN_TEXT, kosme.as_bytes())]).0, [text(kosme)]);
    for cut in 0..kosme.len() {
        let (start, end) = kosme.as_bytes().split_at(cut);
        assert_eq!(
            run(&[frame(0x01, start), frame(0x80, end)]),
            (vec![text(kosme)], None)
        );
    }
    for bad in [
        &b"\xed\xa0\x80"[..],
        b"\xc0\xaf",
        b"\xf4\x90\x80\x80",
        b"\xff",
        b"ok\xce",
        b"\xf8\x88\x80\x80\x80",
    ] {
        assert_eq!(run(&[frame(FIN_TEXT, bad)]).1, Some(1007));
        assert_eq!(run(&[frame(0x01, bad), frame(0x80, b"")]).1, Some(1007));
        assert_eq!(run(&[frame(FIN_BINARY, bad)]).1, None);
    }
    // Fails at once, not at the end of the message.
    assert_eq!(run(&[frame(0x01, b"\xce\xba\xff")]).1, Some(1007));
    // A character may be cut by frames, not by the message's end.
    assert_eq!(
        run(&[
            frame(0x01, b"\xce"),
            frame(0x00, b"\xba"),
            frame(0x80, b"\xce")
        ])
        .1,
        Some(1007)
    );
}

#[test]
fn close_codes() {
    let closed = |payload: &[u8]| run(&[frame(0x88, payload), frame(FIN_TEXT, b"ignored")]);
    let reason = |code, text: &str| {
        Event::Close(CloseReason {
            code,
            text: text.to_owned(),
        })
    };
    assert_eq!(closed(b""), (vec![reason(1005, "")], None));
    assert_eq!(closed(b"\x03\xe8bye"), (vec![reason(1000, "bye")], None));
    assert_eq!(closed(b"\x03").1, Some(1002));
    assert_eq!(closed(b"\x03\xe8\xff").1, Some(1007));
    for code in [
        1000_u16, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ] {
        assert_eq!(closed(&code.to_be_bytes()).0, [reason(code, "")]);
    }
    for code in [
        0_u16, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
    ] {
        assert_eq!(closed(&code.to_be_bytes()).1, Some(1002), "{code}");
    }
}

#[test]
fn masks_belong_to_clients() {
    let mut plain = Vec::new();
    append_frame(&mut plain, Opcode::Text, false, None, b"x");
    assert_eq!(run(&[plain]).1, Some(1002));
    let mut client = Decoder::new(Role::Client, 100, None);
    assert_eq!(
        decode_all(&mut client, &frame(FIN_TEXT, b"x"), &[9]).1,
        Some(Violation::Masked)
    );
}

#[test]
fn sizes_are_limited_before_they_are_believed() {
    let mut decoder = Decoder::new(Role::Server, 10, None);
    let huge = [
        0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
    ];
    assert_eq!(
        decode_all(&mut decoder, &huge, &[3]).1,
        Some(Violation::TooBig)
    );
    let mut decoder = Decoder::new(Role::Server, 10, None);
    let bytes = [frame(0x02, &[0; 6]), frame(0x80, &[0; 5])].concat();
    assert_eq!(
        decode_all(&mut decoder, &bytes, &[64]).1,
        Some(Violation::TooBig)
    );
    let negative = [0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        decode_all(&mut server(), &negative, &[64]).1,
        Some(Violation::Length)
    );
}

fn inflating(limit: usize, forgets: bool) -> Decoder {
    Decoder::new(Role::Client, limit, Some(Inflater::new(forgets)))
}

#[test]
fn compressed_messages() {
    for (window, forgets) in [(15, true), (15, false), (9, false)] {
        let mut deflater = Deflater::new(window, forgets);
        let mut bytes = Vec::new();
        let messages: Vec<Vec<u8>> = (0..40_usize)
            .map(|index| b"hello ".repeat(index * 97))
            .collect();
        for message in &messages {
            let mut payload = Vec::new();
            deflater.deflate(message, &mut payload);
            append_frame(&mut bytes, Opcode::Text, true, None, &payload);
        }
        for size in [1, 7, 4096] {
            let (events, violation) = decode_all(&mut inflating(1 << 20, forgets), &bytes, &[size]);
            assert_eq!(violation, None);
            assert!(
                events
                    .iter()
                    .zip(&messages)
                    .all(|(event, message)| *event == Event::Text(message.clone().into()))
            );
            assert_eq!(events.len(), messages.len());
        }
    }
}

#[test]
fn known_compressed_message() {
    // RFC 7692 §7.2.3.1 and, with a final block, §7.2.3.4.
    for payload in [
        &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00][..],
        &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
    ] {
        let mut bytes = Vec::new();
        append_frame(&mut bytes, Opcode::Text, true, None, payload);
        assert_eq!(
            decode_all(&mut inflating(100, false), &bytes, &[64]),
            (vec![text("Hello")], None)
        );
    }
}

#[test]
fn bombs_do_not_go_off() {
    let mut payload = Vec::new();
    Deflater::new(15, true).deflate(&vec![0; 1 << 20], &mut payload);
    let mut bytes = Vec::new();
    append_frame(&mut bytes, Opcode::Binary, true, None, &payload);
    assert_eq!(
        decode_all(&mut inflating(1 << 19, true), &bytes, &[999]).1,
        Some(Violation::TooBig)
    );
    assert_eq!(
        decode_all(&mut inflating(1 << 20, true), &bytes, &[999]).1,
        None
    );
    let mut garbage = Vec::new();
    append_frame(&mut garbage, Opcode::Binary, true, None, &[0xff; 40]);
    assert_eq!(
        decode_all(&mut inflating(100, true), &garbage, &[64])
            .1
            .map(Violation::code),
        Some(1007)
    );
}

#[test]
fn handshakes() {
    // RFC 6455 §1.3.
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    assert_eq!(accept_key(key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert!(is_key(key) && !is_key("short") && !is_key("dGhlIHNhbXBsZSBub25jZ!=="));
    let mut head = Vec::new();
    append_switch(&mut head, key, None, b"Sec-WebSocket-Protocol: chat\r\n");
    for cut in 0..head.len() {
        assert_eq!(parse_response(&head[..cut], key), Ok(None));
    }
    let (agreed, length) = parse_response(&head, key).unwrap().unwrap();
    assert_eq!((agreed.protocol.as_str(), length), ("chat", head.len()));
    assert_eq!(
        parse_response(&head, "AAAAAAAAAAAAAAAAAAAAAA=="),
        Err(HandshakeError::Accept)
    );
    assert_eq!(
        parse_response(b"HTTP/1.1 200 OK\r\n\r\n", key),
        Err(HandshakeError::Status(200))
    );
    assert_eq!(
        parse_response(b"SSH-2.0\r\n\r\n", key),
        Err(HandshakeError::Malformed)
    );
}

#[test]
fn negotiation() {
    let policy = DeflatePolicy {
        forget_ours: false,
        forget_theirs: false,
        window: 15,
    };
    let answer = |offers: &str| accept_offer(offers, policy).map(|(_, answer)| answer);
    assert_eq!(
        answer("permessage-deflate; client_max_window_bits").as_deref(),
        Some("permessage-deflate")
    );
    assert_eq!(
        answer("x-other, permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=\"10\"; server_no_context_takeover").as_deref(),
        Some("permessage-deflate; server_no_context_takeover; server_max_window_bits=10")
    );
    for bad in [
        "",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; unknown",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits",
    ] {
        assert_eq!(answer(bad), None, "{bad}");
    }
    assert_eq!(read_agreement(""), Ok(None));
    assert!(read_agreement("x-other").is_err());
    assert_eq!(
        read_agreement("permessage-deflate; client_max_window_bits=12")
            .unwrap()
            .unwrap()
            .client_window,
        12
    );
}

#[derive(Debug, Clone)]
struct Sent {
    binary: bool,
    payload: Vec<u8>,
    cuts: Vec<usize>,
    ping: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    (
        any::<bool>(),
        prop::collection::vec(any::<u8>(), 0..300),
        prop::collection::vec(0_usize..300, 0..4),
        any::<bool>(),
    )
        .prop_map(|(binary, payload, cuts, ping)| {
            let payload = if binary {
                payload
            } else {
                String::from_utf8_lossy(&payload).into_owned().into_bytes()
            };
            Sent {
                binary,
                payload,
                cuts,
                ping,
            }
        })
}

#[test]
fn what_is_wrong_first_counts_however_a_message_is_cut() {
    // Text that is no UTF-8, and then no DEFLATE either.
    let bytes = [65, 137, 76, 112, 64, 104, 30, 88, 8, 48, 16, 48, 30, 0, 0];
    for sizes in [usize::MAX, 1, 3] {
        let mut decoder = Decoder::new(Role::Server, 150, Some(Inflater::new(true)));
        let found = decode_all(&mut decoder, &bytes, &[sizes]);
        assert_eq!(found, (vec![], Some(Violation::Text)), "{sizes}");
    }
}

proptest! {
    #[test]
    fn any_fragmentation_and_any_cut_give_the_same_messages(
        messages in prop::collection::vec(sent(), 1..6),
        sizes in prop::collection::vec(1_usize..40, 1..8),
        mask in any::<[u8; 4]>(),
    ) {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for message in &messages {
            let mut cuts: Vec<usize> = message.cuts.iter().map(|cut| (*cut).min(message.payload.len())).collect();
            cuts.sort_unstable();
            cuts.push(message.payload.len());
            let mut start = 0;
            for (index, end) in cuts.iter().enumerate() {
                let opcode = match (index, message.binary) {
                    (0, true) => Opcode::Binary,
                    (0, false) => Opcode::Text,
                    _ => Opcode::Continuation,
                };
                let last = index + 1 == cuts.len();
                let mut piece = Vec::new();
                append_frame(&mut piece, opcode, false, Some(mask), &message.payload[start..*end]);
                if !last { piece[0] &= 0x7f; }
                bytes.extend_from_slice(&piece);
                if message.ping && !last {
                    append_frame(&mut bytes, Opcode::Ping, false, Some(mask), b"p");
                    expected.push(Event::Ping(b"p".to_vec().into()));
                }
                start = *end;
            }
            let payload = message.payload.clone().into();
            expected.push(if message.binary { Event::Binary(payload) } else { Event::Text(payload) });
        }
        prop_assert_eq!(decode_all(&mut server(), &bytes, &sizes), (expected, None));
    }

    #[test]
    fn arbitrary_bytes_do_not_panic_and_cuts_do_not_matter(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        sizes in prop::collection::vec(1_usize..40, 1..8),
        masked in any::<bool>(),
    ) {
        let role = if masked { Role::Server } else { Role::Client };
        let make = || Decoder::new(role, 150, Some(Inflater::new(true)));
        let whole = decode_all(&mut make(), &bytes, &[usize::MAX]);
        let cut = decode_all(&mut make(), &bytes, &sizes);
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn arbitrary_compressed_payloads_do_not_panic(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = Vec::new();
        append_frame(&mut bytes, Opcode::Binary, true, None, &payload);
        let _ = decode_all(&mut inflating(1000, false), &bytes, &[5]);
    }

    #[test]
    fn what_is_deflated_inflates(payload in prop::collection::vec(any::<u8>(), 0..4_000), window in 9_u8..=15) {
        let mut compressed = Vec::new();
        Deflater::new(window, false).deflate(&payload, &mut compressed);
        let mut bytes = Vec::new();
        append_frame(&mut bytes, Opcode::Binary, true, None, &compressed);
        prop_assert_eq!(decode_all(&mut inflating(4_000, false), &bytes, &[900]), (vec![Event::Binary(payload.into())], None));
    }

    #[test]
    fn arbitrary_heads_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a-z_=;, \"0-9-]{0,80}") {
        let _ = parse_response(&bytes, "key");
        let _ = read_agreement(&text);
        let _ = accept_offer(&text, DeflatePolicy { forget_ours: true, forget_theirs: true, window: 15 });
    }
}
