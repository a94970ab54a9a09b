//! Questions to name servers, on the background runtime. What the answers look like in JS is
//! `records.rs`; which servers are asked is `Resolver` in TypeScript.

use crate::records;
use crust_core::{Call, Op, OpError, OpResult, background};
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
    ServerOrderingStrategy,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::{Resolver, TokioResolver, system_conf};
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("dnsQuery", query),
    Op::new("dnsCancel", cancel),
    Op::new("dnsSystemServers", system_servers),
];

/// Who may be told to give up, by the number of the `Resolver`.
#[derive(Default)]
struct Cancellations {
    list: RefCell<HashMap<u32, Arc<Notify>>>,
}

/// One question with the servers to ask.
struct Question {
    name: String,
    record_type: RecordType,
    servers: Vec<SocketAddr>,
    timeout: Duration,
    tries: usize,
}

/// Servers asked for one question.
const SERVERS: usize = 16;
/// Tries per server.
const TRIES: usize = 64;
/// The longest wait for one answer.
const TIMEOUT: Duration = Duration::from_mins(2);

/// `dnsQuery(resolver, name, type, servers, timeout ms, tries)`: a promise of the records as JSON. Servers
/// are `address:port` texts separated by commas.
fn query<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let resolver: u32 = cx.integer(0)?;
    let record_type = RecordType::from_str(&cx.string(2)?)
        .map_err(|_| OpError::error("EBADQUERY").code("EBADQUERY"))?;
    let question = Question {
        name: cx.string(1)?,
        record_type,
        servers: cx
            .string(3)?
            .split(',')
            .filter_map(|text| text.parse().ok())
            .take(SERVERS)
            .collect(),
        timeout: Duration::from_millis(cx.integer(4)?).min(TIMEOUT),
        tries: cx.integer::<usize>(5)?.clamp(1, TRIES),
    };
    let state = cx.runtime().state::<Cancellations>();
    // Made before the task runs, so that a cancellation between the two is not missed.
    let cancelled =
        Arc::clone(state.list.borrow_mut().entry(resolver).or_default()).notified_owned();
    let (promise, settle) = cx.scope().promise()?;
    let completion = cx
        .runtime()
        .event_loop()
        .completion(move |scope, outcome: Box<dyn Any>| {
            let Ok(outcome) = outcome.downcast::<Result<String, OpError>>() else {
                return;
            };
            match *outcome {
                Ok(json) => settle.resolve(scope.string(&json)),
                Err(error) => settle.reject(error.to_js(scope)),
            }
        });
    let Some(runtime) = background::runtime() else {
        completion.complete(Box::new(Err::<String, _>(refusal("ENOMEM"))));
        return Ok(promise);
    };
    runtime.spawn(async move {
        let outcome = tokio::select! {
            outcome = ask(&question) => outcome,
            () = cancelled => Err(refusal("ECANCELLED")),
        };
        completion.complete(Box::new(outcome));
    });
    Ok(promise)
}

/// `dnsCancel(resolver)`: its questions fail with `ECANCELLED`.
fn cancel<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let resolver: u32 = cx.integer(0)?;
    let state = cx.runtime().state::<Cancellations>();
    if let Some(notify) = state.list.borrow_mut().remove(&resolver) {
        notify.notify_waiters();
    }
    Ok(cx.undefined())
}

/// `dnsSystemServers()`: the addresses in `/etc/resolv.conf`.
fn system_servers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let servers = system_conf::read_system_conf()
        .map(|(config, _)| config.name_servers().to_vec())
        .unwrap_or_default();
    cx.make_array(servers, |scope, server| {
        scope.string(&server.ip.to_string())
    })
}

fn refusal(code: &'static str) -> OpError {
    OpError::error(code).code(code)
}

fn resolver(question: &Question) -> Result<TokioResolver, NetError> {
    let servers = question.servers.iter().map(|server| {
        let connections =
            [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = server.port();
                connection
            });
        NameServerConfig::new(server.ip(), true, connections.into())
    });
    let mut options = ResolverOpts::default();
    options.timeout = question.timeout;
    options.attempts = question.tries - 1;
    options.cache_size = 0;
    options.use_hosts_file = ResolveHosts::Never;
    options.num_concurrent_reqs = 1;
    options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
    options.preserve_intermediates = true;
    let config = ResolverConfig::from_name_servers(servers.collect());
    Resolver::builder_with_config(config, TokioRuntimeProvider::default())
        .with_options(options)
        .build()
}

async fn ask(question: &Question) -> Result<String, OpError> {
    if question.servers.is_empty() {
        return Err(refusal("ECONNREFUSED"));
    }
    let mut name = Name::from_utf8(&question.name).map_err(|_| refusal("EBADNAME"))?;
    // Node asks for exactly the name; search lists are `lookup`'s.
    name.set_fqdn(true);
    let resolver = resolver(question).map_err(|error| refusal(code_of(&error)))?;
    let found = resolver
        .lookup(name, question.record_type)
        .await
        .map_err(|error| refusal(code_of(&error)))?;
    let json = records::to_json(found.answers(), question.record_type);
    if json.is_empty() {
        return Err(refusal("ENODATA"));
    }
    Ok(serde_json::Value::Array(json).to_string())
}

/// What Node calls the failure.
fn code_of(error: &NetError) -> &'static str {
    match error {
        NetError::Timeout => "ETIMEOUT",
        NetError::Dns(DnsError::NoRecordsFound(none)) => of_response(none.response_code),
        NetError::Dns(DnsError::ResponseCode(code)) => of_response(*code),
        NetError::Io(_) | NetError::NoConnections => "ECONNREFUSED",
        _ => "EBADRESP",
    }
}

fn of_response(code: ResponseCode) -> &'static str {
    match code {
        ResponseCode::NoError => "ENODATA",
        ResponseCode::NXDomain => "ENOTFOUND",
        ResponseCode::FormErr => "EFORMERR",
        ResponseCode::ServFail => "ESERVFAIL",
        ResponseCode::NotImp => "ENOTIMP",
        ResponseCode::Refused => "EREFUSED",
        _ => "EBADRESP",
    }
}
