// `EventEmitterAsyncResource`: an emitter whose listeners run in the async context it was made in.

import EventEmitter from "crust:node/events";
import { AsyncResource } from "crust:node/async_hooks";

class EmitterResource extends AsyncResource {
  readonly eventEmitter: any;
  constructor(type: string, options: any, emitter: any) {
    super(type, options);
    this.eventEmitter = emitter;
  }
}

export class EventEmitterAsyncResource extends (EventEmitter as any) {
  #resource: EmitterResource;

  constructor(options?: any) {
    const named = typeof options === "string" ? { name: options } : (options ?? {});
    super(named);
    this.#resource = new EmitterResource(named.name || new.target.name, named, this);
  }
  emit(event: any, ...args: any[]): boolean {
    return this.#resource.runInAsyncScope((super.emit as any), this, event, ...args);
  }
  emitDestroy(): void {
    this.#resource.emitDestroy();
  }
  get asyncId(): number {
    return this.#resource.asyncId();
  }
  get triggerAsyncId(): number {
    return this.#resource.triggerAsyncId();
  }
  get asyncResource(): EmitterResource {
    return this.#resource;
  }
}
