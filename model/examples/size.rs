fn main() {
    use dtr_model::explore::*;
    use dtr_model::property::*;
    use dtr_model::question::*;
    use dtr_model::world::*;
    let arg = std::env::args().nth(1);
    let mut r = Readings::pins();
    if let Some(a) = arg {
        r = r.choose(&a).unwrap();
    }
    let s = Setting::new(r);
    let t = std::time::Instant::now();
    let e = Explored::all(&s, 80_000_000).unwrap();
    let mut b = Properties::NONE;
    for w in e.states() {
        b = b.union(w.broken());
    }
    use std::collections::HashSet;
    let d0: HashSet<_> = e
        .states()
        .iter()
        .map(|w| w.deferral(Which::First))
        .collect();
    let d1: HashSet<_> = e
        .states()
        .iter()
        .map(|w| w.deferral(Which::Second))
        .collect();
    let c0: HashSet<_> = e
        .states()
        .iter()
        .map(|w| (w.deferral(Which::First), w.watch(Which::First)))
        .collect();
    let c1: HashSet<_> = e
        .states()
        .iter()
        .map(|w| (w.deferral(Which::Second), w.watch(Which::Second)))
        .collect();
    let cc: HashSet<_> = e
        .states()
        .iter()
        .map(|w| {
            (
                w.deferral(Which::First),
                w.watch(Which::First),
                w.deferral(Which::Second),
                w.watch(Which::Second),
            )
        })
        .collect();
    let m: HashSet<_> = e.states().iter().map(|w| w.messages()).collect();
    println!(
        "d {} {} c {} {} cc {} m {}",
        d0.len(),
        d1.len(),
        c0.len(),
        c1.len(),
        cc.len(),
        m.len()
    );
    let nb: HashSet<_> = e
        .states()
        .iter()
        .map(|w| w.with_broken(Properties::NONE))
        .collect();
    println!("nobroken {}", nb.len());
    println!(
        "{} states {} moves {:?} broken {:?}",
        e.states().len(),
        e.moves(),
        t.elapsed(),
        b
    );
}
