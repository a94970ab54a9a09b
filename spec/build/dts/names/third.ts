export type Item = globalThis.Promise<3>;
