globalThis.first = "first";
