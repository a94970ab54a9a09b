//! Chunks made smaller: the second of our parts in rolldown's run. rolldown would do it on one thread for each chunk.

use std::borrow::Cow;
use std::sync::Arc;

use crust_minify::{Printing, Settings};
use rolldown_common::{
    MinifyOptions, NormalizedBundlerOptions, RawCompressOptions, RawMangleOptions,
    RawMinifyOptions, RawMinifyOptionsDetailed,
};
use rolldown_plugin::{
    HookRenderChunkArgs, HookRenderChunkOutput, HookRenderChunkReturn, HookTransformOutputMap,
    HookUsage, Plugin, PluginContext,
};

use crate::options::{BuildOptions, Format, Minify};
use crate::plugin::Shared;

/// Makes chunks smaller as far as the program's options say.
#[derive(Debug)]
pub(crate) struct Minifier {
    shared: Arc<Shared>,
    wanted: Minify,
}

/// Whether chunks are told apart by module, so that they can be cut. Those lines go with the white
/// space.
pub(crate) fn cuts(options: &BuildOptions) -> bool {
    let minify = &options.minify;
    options.format == Format::Esm
        && minify.whitespace
        && minify.syntax
        && minify.identifiers
        && !minify.keep_names
}

impl Minifier {
    /// `None` when everything stays as it is. Dead code went from each module when it was read, on all threads.
    pub(crate) fn new(shared: &Arc<Shared>) -> Option<Self> {
        let wanted = shared.options.minify;
        wanted.any().then(|| Self {
            shared: Arc::clone(shared),
            wanted,
        })
    }

    fn settings(&self, options: &NormalizedBundlerOptions, file: &str) -> Option<Settings> {
        let wanted = RawMinifyOptions::Object(RawMinifyOptionsDetailed {
            mangle: self.wanted.identifiers.then(RawMangleOptions::default),
            compress: self.wanted.syntax.then(RawCompressOptions::default),
            remove_whitespace: self.wanted.whitespace,
        });
        let MinifyOptions::Enabled((minifier, whitespace)) = wanted.normalize(options) else {
            return None;
        };
        Some(Settings {
            minifier,
            printing: Printing {
                white_space: !whitespace,
                annotations: options.comments.annotation,
                jsdoc: options.comments.jsdoc,
                legal: options.comments.legal,
            },
            source_type: options.format.source_type().with_jsx(true),
            cut: options
                .experimental
                .is_attach_debug_info_enabled()
                .then_some(crust_minify::PIECE),
            map: options.sourcemap.is_some().then(|| file.to_owned()),
        })
    }
}

impl Plugin for Minifier {
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed("crust:minify")
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::RenderChunk
    }

    async fn render_chunk(
        &self,
        _ctx: &PluginContext,
        args: &HookRenderChunkArgs<'_>,
    ) -> HookRenderChunkReturn {
        let settings = self.settings(args.options, &args.chunk.filename);
        Ok(settings.map(|settings| {
            let code = self.shared.with_whole_comments(&args.code);
            let smaller = crust_minify::minify(&code, &settings);
            HookRenderChunkOutput {
                code: smaller.code,
                map: smaller.map.map_or(HookTransformOutputMap::Null, |map| {
                    HookTransformOutputMap::Sourcemap(Box::new(map))
                }),
            }
        }))
    }
}
