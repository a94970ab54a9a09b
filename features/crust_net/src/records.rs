//! Records of name servers as JSON: one object each, with its type, its time to live and its fields
//! as `dns.resolveAny` names them. Never asks anybody.

use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use serde_json::{Value, json};

/// The records of a type in the order of the answer; of `ANY`, all that Node knows.
pub(crate) fn to_json(records: &[Record], wanted: RecordType) -> Vec<Value> {
    if wanted != RecordType::ANY {
        let of_type = records
            .iter()
            .filter(|record| record.record_type() == wanted);
        return of_type.filter_map(one).collect();
    }
    let mut all: Vec<&Record> = records.iter().collect();
    all.sort_by_key(|record| rank(record.record_type()));
    all.into_iter().filter_map(one).collect()
}

/// The order in which Node lists the kinds of an answer to `ANY`.
fn rank(kind: RecordType) -> usize {
    const ORDER: &[RecordType] = &[
        RecordType::A,
        RecordType::AAAA,
        RecordType::CNAME,
        RecordType::MX,
        RecordType::NS,
        RecordType::TXT,
        RecordType::SRV,
        RecordType::PTR,
        RecordType::NAPTR,
        RecordType::SOA,
        RecordType::CAA,
    ];
    ORDER
        .iter()
        .position(|one| *one == kind)
        .unwrap_or(ORDER.len())
}

/// A name without its final dot.
fn name(name: &Name) -> String {
    let text = name.to_utf8();
    let bare = text.strip_suffix('.').unwrap_or(&text);
    bare.to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn one(record: &Record) -> Option<Value> {
    let ttl = record.ttl;
    Some(match &record.data {
        RData::A(a) => json!({"type": "A", "address": a.0.to_string(), "ttl": ttl}),
        RData::AAAA(a) => json!({"type": "AAAA", "address": a.0.to_string(), "ttl": ttl}),
        RData::CNAME(to) => json!({"type": "CNAME", "value": name(&to.0)}),
        RData::NS(to) => json!({"type": "NS", "value": name(&to.0)}),
        RData::PTR(to) => json!({"type": "PTR", "value": name(&to.0)}),
        RData::MX(mx) => {
            json!({"type": "MX", "exchange": name(&mx.exchange), "priority": mx.preference})
        }
        RData::SRV(srv) => json!({
            "type": "SRV", "name": name(&srv.target), "port": srv.port,
            "priority": srv.priority, "weight": srv.weight,
        }),
        RData::TXT(txt) => {
            let entries: Vec<String> = txt.txt_data.iter().map(|part| text(part)).collect();
            json!({"type": "TXT", "entries": entries})
        }
        RData::SOA(soa) => json!({
            "type": "SOA", "nsname": name(&soa.mname), "hostmaster": name(&soa.rname),
            "serial": soa.serial, "refresh": soa.refresh, "retry": soa.retry,
            "expire": soa.expire, "minttl": soa.minimum,
        }),
        RData::CAA(caa) => {
            let critical = u8::from(caa.issuer_critical) << 7;
            json!({"type": "CAA", "critical": critical, "tag": caa.tag, "value": text(&caa.value)})
        }
        RData::NAPTR(naptr) => json!({
            "type": "NAPTR", "flags": text(&naptr.flags), "service": text(&naptr.services),
            "regexp": text(&naptr.regexp), "replacement": name(&naptr.replacement),
            "order": naptr.order, "preference": naptr.preference,
        }),
        RData::TLSA(tlsa) => json!({
            "type": "TLSA", "certUsage": u8::from(tlsa.cert_usage),
            "selector": u8::from(tlsa.selector), "match": u8::from(tlsa.matching),
            "data": tlsa.cert_data,
        }),
        _ => return None,
    })
}
