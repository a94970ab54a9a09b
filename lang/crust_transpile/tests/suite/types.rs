//! Erasure of types: spaces in place of types, and characters that keep lines apart.

use super::support;

fn check(source: &str, expect: &str) {
    let source = format!("export {{}};{source}");
    let text = support::body(&source, &support::typescript());
    let text = text.strip_prefix(";         ").unwrap_or(&text).to_owned();
    assert_eq!(
        support::squeeze(&text),
        support::squeeze(expect),
        "of {source}"
    );
    assert_eq!(
        text.lines().count(),
        source.lines().count(),
        "lines of {source}"
    );
}

#[test]
fn annotations() {
    check("let a: string = '';", "let a         = '';");
    check("let a!: string;", "let a         ;");
    check(
        "function f(a?: number, ...b: any[]): void {}",
        "function f(a         , ...b       )       {}",
    );
    check(
        "function f(this: Window, a) {}",
        "function f(              a) {}",
    );
    check("function f(this: Window) {}", "function f(            ) {}");
    check(
        "try {} catch (e: unknown) {}",
        "try {} catch (e         ) {}",
    );
    check(
        "function f(a): asserts a is string {}",
        "function f(a)                      {}",
    );
    check("let {a}: {a: string} = b;", "let {a}              = b;");
    check("o = {f<T>(a: T): T {}}", "o = {f   (a   )    {}}");
}

#[test]
fn expressions() {
    check("a as string;", "a          ;");
    check("a as const;", "a         ;");
    check("a satisfies B;", "a            ;");
    check("a!.b!();", "a .b ();");
    check("f<string>(a);", "f        (a);");
    check("new F<string>();", "new F        ();");
    check("const g = f<string>;", "const g = f        ;");
    check("f<T>`a`;", "f   `a`;");
    check("(a as any) = 1;", "(a       ) = 1;");
    check("<any>a;", "     a;");
    check("() => <any>{a: 1};", "() => (    {a: 1});");
    check("-x as any ** 2;", "(-x)        ** 2;");
    check("a?.b!.c;", "a?.b .c;");
}

#[test]
fn lines_stay_apart() {
    check("a as any\n(b)", "a      ;\n(b)");
    check("a as any\n[b]", "a       ;\n[b]");
    check("a = () => b as any\n(c)", "a = () => b       ;\n(c)");
    check("let a = 1\ntype B = C\n(b)", "let a = 1\n;         \n(b)");
    check(
        "class A { a = 1\nprivate ['b'] }",
        "class A { a = 1\n;       ['b'] }",
    );
    check(
        "class A { get: string\nb() {} }",
        "class A { get       ;\nb() {} }",
    );
    check("class A { static?\nb() {} }", "class A { static;\nb() {} }");
}

#[test]
fn arrows_keep_their_parentheses_on_legal_lines() {
    check("a = async <\nT\n>(b) => b;", "a = async (\n \n  b) => b;");
    check("a = (b): {\n} => b;", "a = (b    \n) => b;");
    check("a = (b)\n: T => b;", "a = (b \n  ) => b;");
    check("a = <T,>(b: T) => b;", "a =     (b   ) => b;");
    check("() => { return <\nany>a }", "() => { return (\n    a) }");
}

#[test]
fn declarations() {
    check(
        "interface A {\n  b: string\n}",
        ";            \n           \n",
    );
    check("type A = string;", ";");
    check("declare const a: string;", ";");
    check("declare function f(): void;", ";");
    check("declare module 'a' {}", ";");
    check("declare global {}", ";");
    check("namespace N { interface A {} }", ";");
    check(
        "function f(): void;\nfunction f() {}",
        ";                  \nfunction f() {}",
    );
    check("export interface A {}", ";");
    check("export declare const a: string;", ";");
    check("export default interface A {}", ";");
    check("export as namespace N;", ";");
    check("export type { A };", ";");
    check("export type A = string;", ";");
}

#[test]
fn classes() {
    check(
        "abstract class A<T> extends B<T> implements C, D {}",
        "         class A    extends B                    {}",
    );
    check("class A implements B {}", "class A              {}");
    check(
        "class A { private readonly a: string = ''; }",
        "class A { ;                a         = ''; }",
    );
    check(
        "class A { static override a?: string }",
        "class A { static          a          }",
    );
    check(
        "class A { declare a: string; }",
        "class A { ;                  }",
    );
    check("class A { a!: string; }", "class A { a         ; }");
    check(
        "class A { f(): void; f() {} }",
        "class A { ;          f() {} }",
    );
    check(
        "abstract class A { abstract f(): void; abstract a: string }",
        "         class A { ;                   ;                  }",
    );
    check(
        "class A { public async *f<T>(a?: T): any {} }",
        "class A { ;      async *f   (a    )      {} }",
    );
    check(
        "class A { [a]?: string; 'b'!: any }",
        "class A { [a]         ; 'b'        }",
    );
    check(
        "class A { constructor(a: string); constructor(a: any) {} }",
        "class A { ;                       constructor(a     ) {} }",
    );
    check(
        "class A { private constructor() {} }",
        "class A { ;       constructor() {} }",
    );
    check("a = class<T> {}", "a = class    {}");
    check(
        "class A extends (B as any)<T> {}",
        "class A extends (B       )    {}",
    );
}

#[test]
fn assigned_fields() {
    let options = crust_transpile::Options {
        use_define_for_class_fields: false,
        ..support::typescript()
    };
    let check = |source: &str, expect: &str| {
        let text = support::body(source, &options);
        assert_eq!(
            support::squeeze(&text),
            support::squeeze(expect),
            "of {source}"
        );
    };
    check(
        "class A { a: string; b = 1 }",
        "class A { ;          #$crust_field1=(this.b = 1,void 0) }",
    );
    check(
        "class A { static a = 1; static b; }",
        "class A { static {this.a = 1;}; ;         }",
    );
    check(
        "class A { 'a-b' = 1; ['c'] = 2; [d] = 3; #e; }",
        "class A { #$crust_field1=(this['a-b'] = 1,void 0); #$crust_field2=(this['c'] = 2,void 0); [d] = 3; #e; }",
    );
    check(
        "class A { private readonly a?: string = (1, 2) as any\n['b'] = 1 }",
        "class A { ;                #$crust_field1=(this.a          = (1, 2)       ,void 0);\n#$crust_field2=(this['b'] = 1,void 0) }",
    );
}
