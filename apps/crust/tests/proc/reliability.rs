//! The seventeen reliability tests of the reference, one file per subject. Number 4 is in `foreground.rs`'s
//! sibling `survival.rs`, number 9 has its properties in `crust_procman`'s store as well.

mod clients;
mod crashes;
mod many;
mod output;
mod pm2;
mod reload;
mod soak;
mod state;
mod survival;

/// A server that answers `fine` and finishes its requests when it is asked to end.
pub(crate) const WEB: &str = "const server = Bun.serve({hostname: '127.0.0.1', port: Number(process.env.PORT), async fetch(request) {\n\
     const delay = Number(new URL(request.url).searchParams.get('delay') ?? 2); await Bun.sleep(delay); return new Response('fine'); }});\n\
     process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });";

/// Counts from 0 in lines, a thousand a second, until it is ended.
pub(crate) const COUNT: &str =
    "$| = 1; my $i = 0; while (1) { print \"$i\\n\"; $i++; select(undef, undef, undef, 0.001); }";
