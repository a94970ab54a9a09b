// The part of the module system that must live in JS: namespace objects, the context object that a
// module's function receives, lazy globals and the nextTick hook. Evaluated first in every VM.
// Never resolves, reads or orders modules: that is Rust's work (runtime/crust_core/src/modules).
//
// A block, not a function: the engine reads it once. Its `this` are the natives, its value what Rust
// calls.
"use strict";
{
  const native = this;
  const { defineProperty, freeze, keys, getOwnPropertyDescriptor } = Object;

  // Namespace objects by module id; `undefined` until the module's exports exist.
  const namespaces = [];
  // Contexts of modules in import cycles, between instantiation and evaluation.
  const cyclic = [];

  let helpers;
  let contexts;

  function define(object, name, value) {
    defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  }

  function defineGetter(object, name, get) {
    defineProperty(object, name, { get, enumerable: true, configurable: true });
  }

  function seal(namespace) {
    defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
    return freeze(namespace);
  }

  // One re-export: a constant where the exporter's is final, else a live getter.
  function reexport(namespace, name, id, imported) {
    const source = namespaces[id];
    if (imported === null) return define(namespace, name, source);
    const property = source === undefined ? undefined : getOwnPropertyDescriptor(source, imported);
    if (property !== undefined && "value" in property && !property.configurable) {
      return define(namespace, name, property.value);
    }
    defineGetter(namespace, name, () => namespaceOf(id)[imported]);
  }

  // Names of `export * from` a module whose names are known only once it ran (CommonJS, JSON).
  function addStars(entries, ids, taken) {
    for (const id of ids) {
      const source = namespaces[id];
      if (source === undefined) continue;
      for (const name of keys(source)) {
        if (name !== "default" && !taken.has(name)) {
          taken.add(name);
          entries.push([name, id, name]);
        }
      }
    }
  }

  // Getters of bindings that may not be initialized yet: the engine's error does not say which.
  function guarded(getters) {
    const guards = {};
    for (const name of keys(getters)) {
      const get = getters[name];
      guards[name] = () => {
        try {
          return get();
        } catch {
          throw new ReferenceError(`Cannot access '${name}' before initialization.`);
        }
      };
    }
    return guards;
  }

  function namespaceOf(id) {
    const namespace = namespaces[id];
    if (namespace === undefined) throw new ReferenceError("Cannot access a module's exports before it is evaluated");
    return namespace;
  }

  // Builds a namespace object with its names in code unit order.
  function build(target, values, getters, links) {
    const names = new Map();
    for (const name of keys(values)) names.set(name, () => define(target, name, values[name]));
    if (getters !== undefined) {
      for (const name of keys(getters)) names.set(name, () => defineGetter(target, name, getters[name]));
    }
    if (links !== undefined) {
      const entries = links.entries.slice();
      addStars(entries, links.stars, new Set([...names.keys(), ...entries.map((entry) => entry[0])]));
      for (const [name, id, imported] of entries) names.set(name, () => reexport(target, name, id, imported));
    }
    for (const name of [...names.keys()].sort()) names.get(name)();
    return target;
  }

  // What the emitted function of a module receives (see the README of crust_transpile).
  class ModuleContext {
    constructor(id, i, links) {
      this.id = id;
      this.i = i;
      this.links = links;
      this.start = undefined;
    }
    get meta() {
      const meta = native.importMeta(this.id);
      defineProperty(this, "meta", { value: completeMeta(meta) });
      return meta;
    }
    get require() {
      const value = loader().requireOf(native.moduleFile(this.id));
      defineProperty(this, "require", { value });
      return value;
    }
    get filename() {
      return native.moduleFile(this.id);
    }
    get dirname() {
      return native.moduleDirectory(this.id);
    }
    get helpers() {
      return (helpers ??= native.helpers());
    }
    // The async context while the module's own code, or one of its functions, waits.
    get frame() {
      const value = this.newFrame();
      defineProperty(this, "frame", { value });
      return value;
    }
    newFrame() {
      const { Frame } = (contexts ??= native.builtin("crust:core/async_context"));
      return new Frame();
    }
    import(specifier, options) {
      return importModule(this.id, specifier, options, false);
    }
    importDefer(specifier, options) {
      return importModule(this.id, specifier, options, true);
    }
    init(getters) {
      const namespace = build(namespaces[this.id], {}, guarded(getters), this.links);
      defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
      Object.preventExtensions(namespace);
    }
    done(values, getters) {
      const existing = namespaces[this.id];
      if (existing !== undefined) {
        for (const name of keys(values)) defineProperty(existing, name, { value: values[name], writable: false, configurable: true });
        if (getters !== undefined) for (const name of keys(getters)) defineGetter(existing, name, getters[name]);
        freeze(existing);
        return;
      }
      // `values` has no prototype and its keys in order: without more to add it is the namespace.
      const namespace = getters === undefined && this.links === undefined ? values : build({ __proto__: null }, values, getters, this.links);
      namespaces[this.id] = seal(namespace);
    }
  }

  class BuiltinContext {
    constructor(i) {
      this.i = i;
      this.namespace = undefined;
    }
    get require() {
      return native.builtin;
    }
    done(values, getters) {
      this.namespace = getters === undefined ? values : build({ __proto__: null }, values, getters, undefined);
      // A module with many exports may bring them as accessors of one object, so that none is made early.
      const { lazyExports } = values;
      if (lazyExports === undefined) return;
      delete this.namespace.lazyExports;
      for (const name of keys(lazyExports)) defineGetter(this.namespace, name, () => lazyExports[name]);
    }
  }

  function completeMeta(meta) {
    defineProperty(meta, "env", { get: () => globalThis.process.env, enumerable: true, configurable: true });
    defineProperty(meta, "require", { get: () => loader().requireOf(meta.path), enumerable: true, configurable: true });
    meta.resolve = (specifier, parent) => native.resolveUrl(`${specifier}`, parent === undefined ? meta.path : `${parent}`);
    meta.resolveSync = (specifier, parent) => native.resolvePath(`${specifier}`, parent === undefined ? meta.path : `${parent}`, false);
    return meta;
  }

  function attributeType(options) {
    if (options === undefined) return undefined;
    if (options === null || typeof options !== "object") throw new TypeError("The second argument of import() must be an object");
    const attributes = options.with;
    if (attributes === undefined) return undefined;
    if (attributes === null || typeof attributes !== "object") throw new TypeError("The \"with\" option of import() must be an object");
    const type = attributes.type;
    if (type !== undefined && typeof type !== "string") throw new TypeError("Import attribute \"type\" must be a string");
    return type;
  }

  // `import()`: evaluation is never synchronous within the call.
  async function importModule(id, specifier, options, deferred) {
    const text = `${specifier}`;
    const type = attributeType(options);
    await undefined;
    return native.importModule(id, text, type, deferred);
  }

  let loaderModule;
  function loader() {
    return (loaderModule ??= native.builtin("crust:core/commonjs"));
  }

  // A namespace whose module runs at the first access (`import defer`).
  function deferredNamespace(id) {
    const load = () => {
      native.evaluateDeferred(id);
      return namespaces[id];
    };
    return new Proxy({ __proto__: null }, {
      get: (_, name) => (name === Symbol.toStringTag ? "Deferred Module" : name === "then" ? undefined : load()[name]),
      has: (_, name) => name in load(),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor(target, name) {
        const property = getOwnPropertyDescriptor(load(), name);
        if (property === undefined) return undefined;
        const { value = property.get() } = property;
        return { value, writable: true, enumerable: property.enumerable, configurable: true };
      },
      set: () => false,
      defineProperty: () => false,
      deleteProperty: () => false,
    });
  }

  function requested(id) {
    return id < 0 ? deferredNamespace(~id) : namespaces[id];
  }

  function lazyGlobal(name, module, exported, enumerable) {
    // An export called `extend` receives what the engine itself has under the name.
    const engine = exported === "extend" ? globalThis[name] : undefined;
    defineProperty(globalThis, name, {
      get() {
        const found = native.builtin(module)[exported];
        const value = exported === "extend" ? found(engine) : found;
        defineProperty(globalThis, name, { value, writable: true, enumerable, configurable: true });
        return value;
      },
      set(value) {
        defineProperty(globalThis, name, { value, writable: true, enumerable, configurable: true });
      },
      enumerable,
      configurable: true,
    });
  }

  // Names that are known only at run time must be there before the importer runs.
  function checkNames(checks) {
    for (const [id, name, from] of checks) {
      if (!(name in namespaces[id])) {
        throw new SyntaxError(name === "default"
          ? `Missing 'default' export in module '${from}'`
          : `Export named '${name}' not found in module '${from}'`);
      }
    }
  }

  // The engine's function makes its own format; programs expect theirs.
  const captureRaw = Error.captureStackTrace;
  let prepareStackTrace;

  function headerOf(target) {
    const name = target.name === undefined ? "Error" : `${target.name}`;
    const message = target.message === undefined ? "" : `${target.message}`;
    return name === "" ? message : message === "" ? name : `${name}: ${message}`;
  }

  // As the engine's sanitized strings: runs no getter, which may not be ready while an error is made.
  function quietly(target, name) {
    for (let object = target; object !== null; object = Object.getPrototypeOf(object)) {
      const property = getOwnPropertyDescriptor(object, name);
      if (property !== undefined) return typeof property.value === "string" ? property.value : undefined;
    }
    return undefined;
  }
  function quietHeader(error) {
    return headerOf({ name: quietly(error, "name"), message: quietly(error, "message") });
  }

  function stackValue(target, header, frames) {
    if (prepareStackTrace === undefined) return native.formatStack(header, frames);
    return native.builtin("crust:core/stack_trace").prepare(prepareStackTrace, target, frames);
  }

  function captureStackTrace(target, below) {
    if (captureRaw === undefined) return;
    const holder = {};
    captureRaw(holder, typeof below === "function" ? below : captureStackTrace);
    defineProperty(target, "stack", { value: stackValue(target, headerOf(target), holder.stack), writable: true, configurable: true });
  }
  defineProperty(Error, "captureStackTrace", { value: captureStackTrace, writable: true, configurable: true });
  defineProperty(Error, "prepareStackTrace", {
    get: () => prepareStackTrace,
    set(value) {
      prepareStackTrace = typeof value === "function" ? value : undefined;
      native.setPreparesStack(prepareStackTrace !== undefined);
    },
    configurable: true,
  });

  // The constructors of an error's own classes, one a line: their frames are no part of its stack.
  const builtinErrors = new Set([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, AggregateError].map((Class) => Class.prototype));
  function constructorNames(error) {
    const names = [];
    for (let object = Object.getPrototypeOf(error); object !== null && !builtinErrors.has(object); object = Object.getPrototypeOf(object)) {
      const constructor = getOwnPropertyDescriptor(object, "constructor")?.value;
      const name = typeof constructor === "function" ? getOwnPropertyDescriptor(constructor, "name")?.value : undefined;
      if (typeof name === "string") names.push(name);
    }
    return names.join("\n");
  }
  function belowConstructors(error, frames) {
    const names = constructorNames(error).split("\n");
    const lines = frames.split("\n");
    const first = lines.findIndex((line) => !/^[^@]+@/.test(line) || !names.includes(line.slice(0, line.indexOf("@"))));
    return first > 0 ? lines.slice(first).join("\n") : frames;
  }

  // Level 0 only: an error whose stack is still the engine's.
  let formatsErrors = false;
  const RAW_FRAME = /^(?:[^\n@]*@(?:\/|crust:|\[native|data:)[^\n]*|\[native code\])$/m;
  function formatError(error) {
    if (!formatsErrors || !(error instanceof Error)) return;
    const property = getOwnPropertyDescriptor(error, "stack");
    if (property === undefined || typeof property.value !== "string" || !property.configurable) return;
    if (/\n    at /.test(property.value) || !RAW_FRAME.test(property.value)) return;
    defineProperty(error, "stack", { value: stackValue(error, quietHeader(error), belowConstructors(error, property.value)), writable: true, configurable: true });
  }

  function formattingClass(Native) {
    const Class = function (...args) {
      const error = Reflect.construct(Native, args, new.target === undefined ? Class : new.target);
      // Captured anew, so that this function neither shows nor counts.
      const holder = {};
      captureRaw(holder, Class);
      defineProperty(error, "stack", { value: stackValue(error, quietHeader(error), belowConstructors(error, holder.stack)), writable: true, configurable: true });
      return error;
    };
    Object.defineProperties(Class, Object.getOwnPropertyDescriptors(Native));
    // The engine reads its own class's limit.
    if (Native.name === "Error") {
      defineProperty(Class, "stackTraceLimit", {
        get: () => Native.stackTraceLimit,
        set(limit) { Native.stackTraceLimit = limit; },
        enumerable: true,
        configurable: true,
      });
    }
    Object.setPrototypeOf(Class, Object.getPrototypeOf(Native) === Function.prototype ? Function.prototype : globalThis.Error);
    defineProperty(Native.prototype, "constructor", { value: Class, writable: true, configurable: true });
    return Class;
  }

  ({
    prepareStack: stackValue,
    constructorNames,
    formatError,
    formatErrorsWhenMade() {
      formatsErrors = true;
      for (const name of ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError", "URIError", "AggregateError"]) {
        defineProperty(globalThis, name, { value: formattingClass(globalThis[name]), writable: true, configurable: true });
      }
    },
    // What is known of a promise that the loop waits for. Its rejection still counts as unhandled.
    track(promise) {
      const tracked = { pending: true };
      promise.then(
        () => { tracked.pending = false; },
        (reason) => {
          tracked.pending = false;
          throw reason;
        },
      );
      return tracked;
    },

    // Evaluates a module that is in no cycle. Answers a promise when the body awaits, and the context
    // when the body is no function but a program, to be evaluated with it.
    run(id, body, requests, links, checks) {
      if (checks !== undefined) checkNames(checks);
      const context = new ModuleContext(id, requests.map(requested), links);
      return body === undefined ? context : body(context);
    },

    // Instantiates the modules of one cycle: hoisted functions exist, nothing has run.
    allocate(id) {
      namespaces[id] = { __proto__: null };
    },
    instantiate(id, body, requests, links) {
      const i = [];
      requests.forEach((request, index) => {
        let deferred;
        defineProperty(i, index, { get: () => (request < 0 ? (deferred ??= deferredNamespace(~request)) : namespaceOf(request)) });
      });
      const context = new ModuleContext(id, i, links);
      let start;
      context.start = new Promise((resolve) => { start = resolve; });
      const running = body(context);
      if (typeof running.next === "function") running.next();
      cyclic[id] = { running, start };
    },
    resume(id, checks) {
      if (checks !== undefined) checkNames(checks);
      const { running, start } = cyclic[id];
      cyclic[id] = undefined;
      if (typeof running.next === "function") {
        running.next();
        return undefined;
      }
      start();
      return running;
    },

    // A builtin: its imports are namespaces already, and `require` gives other builtins.
    builtinContext(i) {
      return new BuiltinContext(i);
    },
    runBuiltin(body, i) {
      const context = new BuiltinContext(i);
      body(context);
      return context.namespace;
    },

    // A CommonJS module as an ES module's dependency.
    runCommonJs(id, file, isMain) {
      namespaces[id] = loader().namespaceOf(loader().load(file, isMain));
    },
    setValue(id, value, named) {
      const values = named && value !== null && typeof value === "object" && !Array.isArray(value) ? { ...value, default: value } : { default: value };
      namespaces[id] = seal(build({ __proto__: null }, values, undefined, undefined));
    },
    setNamespace(id, namespace) {
      namespaces[id] = namespace;
    },
    setMockedNamespace(id, namespace) {
      if (!(namespace instanceof Promise)) {
        namespaces[id] = namespace;
        return undefined;
      }
      return namespace.then((settled) => { namespaces[id] = settled; });
    },
    namespaceOf(id) {
      return namespaces[id];
    },
    // Frees the namespaces of all modules but these.
    forgetNamespaces(kept) {
      const values = kept.map((id) => [id, namespaces[id]]);
      namespaces.length = 0;
      cyclic.length = 0;
      for (const [id, namespace] of values) namespaces[id] = namespace;
    },

    // What a CommonJS file with `import()` or `import.meta` receives beside its five parameters.
    contextOf(id) {
      return new ModuleContext(id, [], undefined);
    },

    whenSettled(promise, id) {
      promise.then(() => native.moduleFulfilled(id), (reason) => native.moduleRejected(id, reason));
    },
    // Once a plugin's answer is there, the whole is tried again.
    importAgain(promise, specifier, referrer, type) {
      return promise.then(() => native.importFrom(specifier, referrer, type));
    },
    mainAgain(promise) {
      return promise.then(() => native.runMain());
    },
    // The namespace of a program that `mainAgain` starts; of one that has none, an empty one.
    mainFollowing(promise) {
      return promise.then(() => native.mainNamespace() ?? {});
    },
    follow(promise, id) {
      return promise.then(() => namespaces[id]);
    },

    // Globals that load their modules when they are first read, all in one call.
    lazyGlobals(list) {
      for (const [name, module, exported, enumerable] of list) lazyGlobal(name, module, exported, enumerable);
    },
  });
}
