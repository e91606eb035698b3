//! Rendering a long answer as it streams: twice the text has to take twice the time.

use chatkit::render::{Colors, Look, Markdown};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const KIND: [(&str, &str); 4] = [
    (
        "prose",
        "A sentence of **some** length with `code`, a [link](https://example.com) and more words.\n\n",
    ),
    (
        "paragraph",
        "words in one paragraph that never ends, *some* of them heavy, ",
    ),
    ("list", "- an item of a list that goes on\n"),
    ("code", "let value = call(1, \"two\"); // and why\n"),
];

fn stream(bencher: Bencher, kind: usize, bytes: usize) {
    let (name, unit) = KIND[kind];
    let mut text = unit.repeat(bytes.div_ceil(unit.len()));
    if name == "code" {
        text.insert_str(0, "```rust\n");
    }
    let look = Look {
        colors: Colors::True,
        links: true,
        ..Look::plain(80)
    };
    bencher.counter(BytesCount::new(text.len())).bench(|| {
        let mut markdown = Markdown::new(look);
        let mut written = 0;
        for delta in text.as_bytes().chunks(4) {
            let delta = std::str::from_utf8(delta).expect("the text is ASCII");
            written += markdown.push(delta).text.len();
        }
        written + markdown.finish().text.len()
    });
}

#[divan::bench(args = [512 * 1024, 1024 * 1024], sample_count = 3, sample_size = 1)]
fn prose(bencher: Bencher, bytes: usize) {
    stream(bencher, 0, bytes);
}

#[divan::bench(args = [512 * 1024, 1024 * 1024], sample_count = 3, sample_size = 1)]
fn one_paragraph(bencher: Bencher, bytes: usize) {
    stream(bencher, 1, bytes);
}

#[divan::bench(args = [512 * 1024, 1024 * 1024], sample_count = 3, sample_size = 1)]
fn one_list(bencher: Bencher, bytes: usize) {
    stream(bencher, 2, bytes);
}

#[divan::bench(args = [512 * 1024, 1024 * 1024], sample_count = 3, sample_size = 1)]
fn one_block_of_code(bencher: Bencher, bytes: usize) {
    stream(bencher, 3, bytes);
}
