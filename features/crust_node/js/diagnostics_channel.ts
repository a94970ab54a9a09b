// `node:diagnostics_channel`: named channels that publish to subscribers in the same thread. A channel without
// subscribers is kept weakly and costs nothing to publish to.

import { codes } from "crust:node/internal/errors";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { validateFunction } from "crust:node/internal/validators";

type Name = string | symbol;
type Subscriber = (message: unknown, name: Name) => void;

const channels = new Map<Name, WeakRef<Channel>>();
const forgotten = new FinalizationRegistry<Name>((name) => {
  if (channels.get(name)?.deref() === undefined) channels.delete(name);
});
/** Channels with subscribers or stores stay alive. */
const active = new Set<Channel>();

function report(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

export class Channel {
  readonly name: Name;
  #subscribers: Subscriber[] = [];
  #stores = new Map<any, ((data: unknown) => unknown) | undefined>();

  constructor(name: Name) {
    this.name = name;
    channels.set(name, new WeakRef(this));
    forgotten.register(this, name);
  }

  #update(): void {
    if (this.hasSubscribers) active.add(this);
    else active.delete(this);
  }

  get hasSubscribers(): boolean {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscription: Subscriber): void {
    validateFunction(subscription, "subscription");
    // A new list: whoever is publishing goes on with the old one.
    this.#subscribers = [...this.#subscribers, subscription];
    this.#update();
  }

  unsubscribe(subscription: Subscriber): boolean {
    const index = this.#subscribers.indexOf(subscription);
    if (index === -1) return false;
    this.#subscribers = this.#subscribers.toSpliced(index, 1);
    this.#update();
    return true;
  }

  publish(data: unknown): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(data, this.name);
      } catch (error) {
        report(error);
      }
    }
  }

  bindStore(store: any, transform?: (data: unknown) => unknown): void {
    this.#stores.set(store, transform);
    this.#update();
  }

  unbindStore(store: any): boolean {
    const had = this.#stores.delete(store);
    this.#update();
    return had;
  }

  runStores(data: unknown, fn: (...args: any[]) => any, thisArg?: unknown, ...args: any[]): any {
    let run = (): any => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => {
        let context = data;
        if (transform) {
          try {
            context = transform(data);
          } catch (error) {
            report(error);
            return inner();
          }
        }
        return store.run(context, inner);
      };
    }
    return run();
  }
}

export function channel(name: Name): Channel {
  const existing = channels.get(name)?.deref();
  if (existing) return existing;
  if (typeof name !== "string" && typeof name !== "symbol") throw new codes.ERR_INVALID_ARG_TYPE!("channel", ["string", "symbol"], name);
  return new Channel(name);
}

export function subscribe(name: Name, subscription: Subscriber): void {
  channel(name).subscribe(subscription);
}

export function unsubscribe(name: Name, subscription: Subscriber): boolean {
  return channel(name).unsubscribe(subscription);
}

export function hasSubscribers(name: Name): boolean {
  return channels.get(name)?.deref()?.hasSubscribers ?? false;
}

const traceEvents = ["start", "end", "asyncStart", "asyncEnd", "error"] as const;

class TracingChannel {
  start!: Channel;
  end!: Channel;
  asyncStart!: Channel;
  asyncEnd!: Channel;
  error!: Channel;

  constructor(source: any) {
    for (const name of traceEvents) {
      const value = typeof source === "string" ? channel(`tracing:${source}:${name}`) : source?.[name];
      if (!(value instanceof Channel)) throw new codes.ERR_INVALID_ARG_TYPE!(typeof source === "object" && source ? `nameOrChannels.${name}` : "nameOrChannels", typeof source === "object" && source ? "Channel" : ["string", "object"], typeof source === "object" && source ? value : source);
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  get hasSubscribers(): boolean {
    return traceEvents.some((name) => this[name].hasSubscribers);
  }

  subscribe(handlers: Record<string, Subscriber>): void {
    for (const name of traceEvents) if (handlers[name]) this[name].subscribe(handlers[name]);
  }

  unsubscribe(handlers: Record<string, Subscriber>): boolean {
    let done = true;
    for (const name of traceEvents) if (handlers[name] && !this[name].unsubscribe(handlers[name])) done = false;
    return done;
  }

  traceSync(fn: (...args: any[]) => any, context: any = {}, thisArg?: unknown, ...args: any[]): any {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    return this.start.runStores(context, () => {
      try {
        const result = Reflect.apply(fn, thisArg, args);
        context.result = result;
        return result;
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(fn: (...args: any[]) => any, context: any = {}, thisArg?: unknown, ...args: any[]): any {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const settle = (key: "result" | "error") => (value: unknown) => {
      context[key] = value;
      if (key === "error") this.error.publish(context);
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
      if (key === "error") throw value;
      return value;
    };
    return this.start.runStores(context, () => {
      try {
        const promise = Reflect.apply(fn, thisArg, args);
        return Promise.resolve(promise).then(settle("result"), settle("error"));
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(fn: (...args: any[]) => any, position = -1, context: any = {}, thisArg?: unknown, ...args: any[]): any {
    if (!this.hasSubscribers) return Reflect.apply(fn, thisArg, args);
    const channels = this;
    const callback = args.at(position);
    validateFunction(callback, "callback");
    const index = position < 0 ? args.length + position : position;
    args[index] = function wrapped(this: unknown, error: unknown, result: unknown): any {
      if (error) {
        context.error = error;
        channels.error.publish(context);
      } else context.result = result;
      return channels.asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, arguments as any);
        } finally {
          channels.asyncEnd.publish(context);
        }
      });
    };
    return this.start.runStores(context, () => {
      try {
        return Reflect.apply(fn, thisArg, args);
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

export function tracingChannel(nameOrChannels: any): TracingChannel {
  return new TracingChannel(nameOrChannels);
}

export const { boundedChannel } = refusedFunctions("diagnostics_channel", "boundedChannel");
export const { BoundedChannel } = refusedClasses("diagnostics_channel", "BoundedChannel");

export default { boundedChannel, BoundedChannel, channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
