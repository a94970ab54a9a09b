// Classes that are called as functions: without `new`, and by old-style inheritance on an object of its own
// (`Class.call(this)` with `util.inherits`). Never decides what a class does.

/** The object that the class being constructed takes over in place of a new one. */
let adopted: any;

/** The base of a callable class: what it answers is the object that the fields of its subclasses are added to. */
export function adoptable(Base: any): any {
  function Root(this: any, ...args: any[]): any {
    if (adopted === undefined) return Reflect.construct(Base, args, new.target as any);
    const object = adopted;
    adopted = undefined;
    Base.apply(object, args);
    return object;
  }
  Root.prototype = Base.prototype;
  return Object.setPrototypeOf(Root, Base);
}

/** A function that constructs a class whose root is `adoptable`, called in any way. */
export function callable(Class: any): any {
  function Callable(this: any, ...args: any[]): any {
    if (new.target !== undefined) return Reflect.construct(Class, args, (new.target as any) === Callable ? Class : new.target);
    if (!(this instanceof Class)) return Reflect.construct(Class, args);
    adopted = this;
    try {
      Reflect.construct(Class, args);
    } finally {
      adopted = undefined;
    }
  }
  Callable.prototype = Class.prototype;
  Object.defineProperty(Class.prototype, "constructor", { value: Callable, writable: true, configurable: true });
  Object.defineProperties(Callable, { name: { value: Class.name, configurable: true }, length: { value: Class.length, configurable: true } });
  return Object.setPrototypeOf(Callable, Class);
}
