use crust_transpile::{declare, SourceKind, Syntax};
fn main() {
    let p = std::env::args().nth(1).unwrap();
    let s = std::fs::read_to_string(&p).unwrap();
    let k = if p.ends_with(".d.ts") { SourceKind::Declarations } else { SourceKind::Script(Syntax::Tsx) };
    match declare(&s, &p, k) {
        Ok(d) => { println!("{}", d.text); for i in &d.items { println!("{:?} {:?}{:?}{:?} {:?}", i.names, i.head, &d.text[i.start as usize..i.end as usize], i.tail, i.comments); for u in &i.uses { println!("    {:?} {:?}", &d.text[u.start as usize..u.end as usize], u.target); } }
          println!("{:#?}\n{:#?}\n{:?} {:?} {:?}", d.exports, d.imports, d.requests, d.effects, d.export_equals);
          for a in &d.augmentations { println!("AUG {:?}", a); } }
        Err(e) => println!("{:#?}", e),
    }
}
