//! Bytes: what each search of the same world holds at most, by a counting
//! allocator. Divide `max alloc` by the 550,240 states. Counting costs time, so
//! the times here are not those of the `world` benchmark; and it counts only the
//! thread that is measured, so stateright, which starts its own, is not here.

mod searches;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn a_plain_with_table() {
    searches::plain_with_table();
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn b_ours() {
    searches::ours();
}
