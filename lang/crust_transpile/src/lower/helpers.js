// The stack of a scope with `using` declarations. An entry is three elements: the value, its method
// and how the method is called; a loop makes a stack each time round, so it is kept small.
using: (() => {
  const { apply } = Reflect;
  const none = [];
  const sync = 0, waiting = 1, fallback = 2;
  const suppressed = (error, earlier) => {
    if (typeof SuppressedError === "function") return new SuppressedError(error, earlier);
    return Object.assign(new Error(), { name: "SuppressedError", error, suppressed: earlier });
  };
  const check = (value, method, name) => {
    if (typeof value !== "object" && typeof value !== "function") {
      throw new TypeError("The value of a using declaration must be an object, null or undefined");
    }
    if (typeof method !== "function") {
      throw new TypeError(`The value of a using declaration has no [${name}]() method`);
    }
  };
  class Resources {
    stack = [];
    failed = false;
    error = undefined;
    waits = false;
    use(value) {
      if (value === null || value === undefined) return value;
      const method = value[Symbol.dispose];
      check(value, method, "Symbol.dispose");
      this.stack.push(value, method, sync);
      return value;
    }
    useAsync(value) {
      this.waits = true;
      if (value === null || value === undefined) {
        this.stack.push(value, undefined, waiting);
        return value;
      }
      let method = value[Symbol.asyncDispose], kind = waiting;
      if (method === undefined || method === null) {
        method = value[Symbol.dispose];
        kind = fallback;
      }
      check(value, method, "Symbol.asyncDispose");
      this.stack.push(value, method, kind);
      return value;
    }
    fail(reason) {
      this.error = this.failed ? suppressed(reason, this.error) : reason;
      this.failed = true;
    }
    dispose() {
      if (this.waits) return this.disposeAsync();
      const { stack } = this;
      while (stack.length > 0) {
        stack.pop();
        const method = stack.pop(), value = stack.pop();
        try {
          apply(method, value, none);
        } catch (reason) {
          this.fail(reason);
        }
      }
      if (this.failed) throw this.error;
    }
    async disposeAsync() {
      const { stack } = this;
      let needed = false, awaited = false;
      while (stack.length > 0) {
        const kind = stack.pop(), method = stack.pop(), value = stack.pop();
        try {
          if (kind === sync && needed && !awaited) {
            needed = false;
            await undefined;
          }
          if (method === undefined) {
            needed = true;
            continue;
          }
          const result = apply(method, value, none);
          if (kind === sync) continue;
          awaited = true;
          await (kind === fallback ? undefined : result);
        } catch (reason) {
          this.fail(reason);
        }
      }
      if (needed && !awaited) await undefined;
      if (this.failed) throw this.error;
    }
  }
  return () => new Resources();
})(),
// A computed key that is used twice.
key(value) {
  return typeof value === "symbol" ? value : `${value}`;
},
// What a class with decorators of the language does; kinds are counted as the transpiler does.
decorators(...classDecorators) {
  const kinds = ["method", "getter", "setter", "field", "accessor"];
  const metadataKey = Symbol.metadata ?? Symbol.for("Symbol.metadata");
  const marker = Symbol("decorators");
  const members = [];
  const starts = [], ends = [];
  let metadata, target;
  const callable = (value) => {
    if (value !== undefined && typeof value !== "function") throw new TypeError("A decorator must return a function or undefined");
    return value;
  };
  const decorate = (list, value, kind, name, more, extra, accept) => {
    for (let i = list.length - 1; i >= 0; i--) {
      const decorator = list[i];
      if (typeof decorator !== "function") throw new TypeError("A decorator must be a function");
      let done = false;
      const addInitializer = (initializer) => {
        if (done) throw new TypeError("addInitializer was called after the decorator returned");
        if (typeof initializer !== "function") throw new TypeError("An initializer must be a function");
        extra.push(initializer);
      };
      const context = { kind, name, metadata, addInitializer, ...more() };
      const result = decorator(value(), context);
      done = true;
      accept(result);
    }
  };
  const descriptorOf = (member, home) => {
    const key = member.hidden ?? member.name;
    const descriptor = Object.getOwnPropertyDescriptor(home, key);
    if (!member.hidden) return descriptor;
    delete home[key];
    const part = ["value", "get", "set"][member.kind];
    const prefix = ["", "get ", "set "][member.kind];
    Object.defineProperty(descriptor[part], "name", { value: prefix + member.name, configurable: true });
    return descriptor;
  };
  const accessOf = (member, closures) => {
    const { kind, name } = member;
    const [has, get, set] = closures ?? [(o) => name in o, (o) => o[name], (o, v) => { o[name] = v; }];
    const access = { has };
    if (kind !== 2) access.get = get;
    if (kind >= 2) access.set = set;
    return access;
  };
  const apply = (member, constructor, closures) => {
    const { kind, name, isStatic, isPrivate } = member;
    const home = isStatic ? constructor : constructor.prototype;
    let descriptor = {};
    if (kind === 4 && isPrivate) descriptor = { get: closures[3], set: closures[4] };
    else if (kind !== 3) descriptor = descriptorOf(member, home);
    member.descriptor = descriptor;
    const part = ["value", "get", "set"][kind];
    const more = () => ({ static: isStatic, private: isPrivate, access: accessOf(member, closures) });
    const value = () => kind === 3 ? undefined : kind === 4 ? { get: descriptor.get, set: descriptor.set } : descriptor[part];
    const extra = kind > 2 ? member.extra : isStatic ? starts.static : starts;
    decorate(member.decorators, value, kinds[kind], name, more, extra, (result) => {
      if (kind === 3) {
        if (callable(result)) member.initializers.unshift(result);
      } else if (kind === 4) {
        if (result === undefined) return;
        if (result === null || typeof result !== "object") throw new TypeError("A decorator of an accessor must return an object or undefined");
        const { get, set, init } = result;
        if (callable(get)) descriptor.get = get;
        if (callable(set)) descriptor.set = set;
        if (callable(init)) member.initializers.unshift(init);
      } else if (callable(result)) {
        descriptor[part] = result;
      }
    });
    if (kind !== 3 && !isPrivate) Object.defineProperty(home, name, descriptor);
  };
  starts.static = [];
  return {
    class(...list) {
      classDecorators = list;
    },
    add(kind, name, ...decorators) {
      members.push({
        kind: kind & 7, isStatic: (kind & 8) !== 0, isPrivate: (kind & 16) !== 0,
        name: typeof name === "number" || typeof name === "bigint" ? String(name) : name,
        decorators, initializers: [], extra: [],
      });
      return marker;
    },
    key(value) {
      return members.at(-1).name = typeof value === "symbol" ? value : `${value}`;
    },
    hidden: (number) => members[number].hidden = Symbol(members[number].name),
    value: (number) => members[number].descriptor.value,
    get: (number, object) => Reflect.apply(members[number].descriptor.get, object, []),
    set(number, object, value) {
      Reflect.apply(members[number].descriptor.set, object, [value]);
    },
    apply(constructor, access) {
      delete constructor[marker];
      metadata = Object.create(Object.getPrototypeOf(constructor)?.[metadataKey] ?? null);
      for (const [isField, isStatic] of [[false, true], [false, false], [true, true], [true, false]]) {
        members.forEach((member, number) => {
          if ((member.kind === 3) === isField && member.isStatic === isStatic) apply(member, constructor, access[number]);
        });
      }
      target = constructor;
      const more = () => undefined;
      decorate(classDecorators, () => target, "class", constructor.name, more, ends, (result) => {
        if (callable(result)) target = result;
      });
      Object.defineProperty(target, metadataKey, { value: metadata, configurable: true, enumerable: true, writable: true });
      for (const initializer of starts.static) Reflect.apply(initializer, target, []);
      return target;
    },
    start(object) {
      for (const initializer of starts) Reflect.apply(initializer, object, []);
    },
    init(number, object, value) {
      for (const initializer of members[number].initializers) value = Reflect.apply(initializer, object, [value]);
      return value;
    },
    after(number, object) {
      for (const initializer of members[number].extra) Reflect.apply(initializer, object, []);
    },
    end() {
      for (const initializer of ends) Reflect.apply(initializer, target, []);
    },
  };
},
// What a class with decorators of `experimentalDecorators` does.
legacyDecorators() {
  const marker = Symbol("decorators");
  const members = [];
  let classDecorators;
  const decorate = (decorators, target, key, descriptor) => {
    const member = key !== undefined;
    let result = !member ? target
      : descriptor === null ? descriptor = Object.getOwnPropertyDescriptor(target, key) : descriptor;
    if (typeof Reflect.decorate === "function") {
      result = member ? Reflect.decorate(decorators, target, key, descriptor) : Reflect.decorate(decorators, target);
    } else {
      for (let i = decorators.length - 1; i >= 0; i--) {
        const decorator = decorators[i];
        if (decorator) result = (member ? decorator(target, key, result) : decorator(result)) || result;
      }
    }
    if (member && result) Object.defineProperty(target, key, result);
    return result;
  };
  return {
    class(list) {
      classDecorators = list;
    },
    add(isField, isStatic, key, list) {
      members.push({ isField, isStatic, key, list });
      return marker;
    },
    key: (value) => members.at(-1).key = typeof value === "symbol" ? value : `${value}`,
    parameter: (index, decorator) => (target, key) => decorator(target, key, index),
    metadata(key, value) {
      if (typeof Reflect.metadata === "function") return Reflect.metadata(key, value());
    },
    type(value) {
      try {
        const type = value();
        return typeof type === "function" ? type : Object;
      } catch {
        return Object;
      }
    },
    apply(constructor) {
      delete constructor[marker];
      for (const wanted of [false, true]) {
        for (const { isField, isStatic, key, list } of members) {
          if (isStatic !== wanted) continue;
          decorate(list(), isStatic ? constructor : constructor.prototype, key, isField ? undefined : null);
        }
      }
      return classDecorators ? decorate(classDecorators(), constructor) : constructor;
    },
  };
},
