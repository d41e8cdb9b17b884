//! x
use dtr_model::check::*;
use dtr_model::world::*;
fn main() {
    let t = std::time::Instant::now();
    let mut out = vec![];
    for c in Case::all() {
        match c.check() {
            Ok(k) => {
                println!(
                    "{} {} states {} moves {:?} {:?}",
                    k.name,
                    k.states,
                    k.moves,
                    k.elapsed,
                    k.broken
                        .iter()
                        .map(|(p, v)| (p.id(), v.len()))
                        .collect::<Vec<_>>()
                );
                out.push(k);
            }
            Err(e) => println!("{} ERR {e}", c.name),
        }
    }
    println!("{:?}", t.elapsed());
    for k in &out {
        for (p, v) in &k.broken {
            println!("== {} {}", k.name, p);
            for a in v {
                println!("   {a}");
            }
        }
    }
    let t = std::time::Instant::now();
    println!(
        "{:?}",
        second_opinion(&Setting::new(Case::pins().readings), 1)
    );
    println!("{:?}", t.elapsed());
}
