//! Types as run-time values, for `emitDecoratorMetadata`.
