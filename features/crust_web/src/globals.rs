//! The table of globals: name, module, export. A module is loaded when its first global is read.

use crust_core::Global;

/// Every global of this feature.
pub(crate) const GLOBALS: &[Global] = &[
    // Events
    class("Event", "crust:web/events"),
    class("EventTarget", "crust:web/events"),
    class("CustomEvent", "crust:web/event_types"),
    class("ErrorEvent", "crust:web/event_types"),
    class("CloseEvent", "crust:web/event_types"),
    class("MessageEvent", "crust:web/event_types"),
    class("ProgressEvent", "crust:web/event_types"),
    class("PromiseRejectionEvent", "crust:web/event_types"),
    class("AbortController", "crust:web/abort"),
    class("AbortSignal", "crust:web/abort"),
    class("DOMException", "crust:web/dom_exception"),
    function("reportError", "crust:web/report_error"),
    function("self", "crust:web/global_scope"),
    class("global", "crust:web/global_scope"),
    function("addEventListener", "crust:web/global_scope"),
    function("removeEventListener", "crust:web/global_scope"),
    function("dispatchEvent", "crust:web/global_scope"),
    function("alert", "crust:web/dialogs"),
    function("confirm", "crust:web/dialogs"),
    function("prompt", "crust:web/dialogs"),
    // Timers and tasks
    function("setTimeout", "crust:web/timers"),
    function("setInterval", "crust:web/timers"),
    function("setImmediate", "crust:web/timers"),
    function("clearTimeout", "crust:web/timers"),
    function("clearInterval", "crust:web/timers"),
    function("clearImmediate", "crust:web/timers"),
    function("queueMicrotask", "crust:web/microtask"),
    // Encodings and URLs
    class("TextEncoder", "crust:web/encoding"),
    class("TextDecoder", "crust:web/encoding"),
    class("TextEncoderStream", "crust:web/text_streams"),
    class("TextDecoderStream", "crust:web/text_streams"),
    function("atob", "crust:web/base64"),
    function("btoa", "crust:web/base64"),
    class("URL", "crust:web/url"),
    class("URLSearchParams", "crust:web/url_search_params"),
    class("URLPattern", "crust:web/url_pattern"),
    // Values and time
    function("structuredClone", "crust:web/structured_clone"),
    function("performance", "crust:web/performance"),
    class("Performance", "crust:web/performance"),
    class("PerformanceEntry", "crust:web/performance_entry"),
    class("PerformanceMark", "crust:web/performance_entry"),
    class("PerformanceMeasure", "crust:web/performance_entry"),
    class("PerformanceObserver", "crust:web/performance_observer"),
    class(
        "PerformanceObserverEntryList",
        "crust:web/performance_observer",
    ),
    function("navigator", "crust:web/navigator"),
    class("Navigator", "crust:web/navigator"),
    // Messages
    class("MessageChannel", "crust:web/message_channel"),
    class("MessagePort", "crust:web/message_channel"),
    class("BroadcastChannel", "crust:web/message_channel"),
    // Streams
    class("ReadableStream", "crust:web/streams/readable"),
    class("ReadableStreamDefaultReader", "crust:web/streams/readers"),
    class("ReadableStreamBYOBReader", "crust:web/streams/readers"),
    class(
        "ReadableStreamDefaultController",
        "crust:web/streams/default_controller",
    ),
    class(
        "ReadableByteStreamController",
        "crust:web/streams/byte_controller_classes",
    ),
    class(
        "ReadableStreamBYOBRequest",
        "crust:web/streams/byte_controller_classes",
    ),
    class("WritableStream", "crust:web/streams/writable"),
    class("WritableStreamDefaultWriter", "crust:web/streams/writable"),
    class(
        "WritableStreamDefaultController",
        "crust:web/streams/writable",
    ),
    class("TransformStream", "crust:web/streams/transform"),
    class(
        "TransformStreamDefaultController",
        "crust:web/streams/transform",
    ),
    class("CountQueuingStrategy", "crust:web/streams/strategy"),
    class("ByteLengthQueuingStrategy", "crust:web/streams/strategy"),
    class("CompressionStream", "crust:web/compression_streams"),
    class("DecompressionStream", "crust:web/compression_streams"),
    // Fetch
    class("Blob", "crust:web/blob"),
    class("File", "crust:web/blob"),
    class("FormData", "crust:web/form_data"),
    class("Headers", "crust:web/headers"),
    class("Request", "crust:web/request"),
    class("Response", "crust:web/response"),
    // The engine's own, extended when it is first read
    Global::new("WebAssembly", "crust:web/webassembly", "extend"),
];

const fn class(name: &'static str, module: &'static str) -> Global {
    Global::new(name, module, name)
}

const fn function(name: &'static str, module: &'static str) -> Global {
    Global::enumerable(name, module, name)
}
