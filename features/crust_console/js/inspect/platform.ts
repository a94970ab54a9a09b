// Knows the classes of the web platform whose accessors are attributes with values worth printing
// (`signal.aborted`), unlike a user's getters, which are never run.

const PLATFORM_CLASSES = new Set([
  "AbortController", "AbortSignal", "Event", "EventTarget", "CustomEvent", "MessageEvent", "ErrorEvent", "CloseEvent",
  "TextEncoder", "TextDecoder", "TextEncoderStream", "TextDecoderStream", "DOMException", "Crypto", "SubtleCrypto",
  "Performance", "PerformanceEntry", "PerformanceMark", "PerformanceMeasure", "MessagePort", "MessageChannel",
  "BroadcastChannel", "WebSocket", "Worker", "URLPattern", "CryptoKey", "Symbol", "NumberFormat", "DateTimeFormat", "Collator", "Memory",
]);

/** Whether `prototype` is the prototype object of a class the platform provides. */
export function isPlatformClass(prototype: object): boolean {
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  if (typeof constructor !== "function" || !PLATFORM_CLASSES.has(constructor.name)) return false;
  const { name } = constructor;
  return [globalThis, Intl, WebAssembly].some((home) => (home as unknown as Record<string, unknown>)[name] === constructor);
}
