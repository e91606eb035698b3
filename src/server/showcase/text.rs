//! The words that stream text.

use std::time::Duration;

use super::super::script::{Script, Step};
use super::stage::{Scene, chain, steps};
use crate::protocol::{
    Annotation, EntitySource, Extra, FileSource, Object, Source, SourceKind, UrlSource,
};

/// The time between two words of `slow`.
const SLOW: Duration = Duration::from_millis(100);

/// How many words `slow` has where none are asked for: five seconds of them.
const SLOW_WORDS: usize = 50;

/// How many words `text` has where none are asked for.
const TEXT_WORDS: usize = 40;

/// More words than this are no answer any more; a million makes a stream of 150 MB.
const MAX_WORDS: usize = 5_000_000;

/// What the endless text is made of.
const VOCABULARY: &[&str] = &[
    "the", "mock", "streams", "one", "word", "after", "another", "so", "that", "a", "frontend",
    "can", "show", "how", "text", "arrives,", "wraps", "and", "scrolls", "while", "it", "grows.",
];

/// `text [N]`: N words, a delta each.
pub(super) fn words(scene: &Scene, argument: &str) -> Script {
    scene.message(vocabulary(count(argument, TEXT_WORDS)), Vec::new())
}

/// `slow [N]`: a word every 100 ms, whatever the pace.
pub(super) fn slow(scene: &Scene, argument: &str) -> Script {
    chain(vec![
        steps(vec![Step::Pace(Some(SLOW))]),
        scene.message(vocabulary(count(argument, SLOW_WORDS)), Vec::new()),
        steps(vec![Step::Pace(None)]),
    ])
}

/// `markdown`: every construct that an answer can hold.
pub(super) fn markdown(scene: &Scene) -> Script {
    scene.text(MARKDOWN)
}

/// `cite`: references to a page, a file and an entity.
pub(super) fn cite(scene: &Scene) -> Script {
    let text = "ChatKit streams one event after another, each a line of JSON. A server may cite pages, files and entities of the app.";
    let at = |word: &str| text.find(word).map(|at| (at + word.len()) as u64);
    let annotations = vec![
        Annotation::new(page_source(), at("JSON.")),
        Annotation::new(file_source(), at("files")),
        Annotation::new(entity_source(), at("app.")),
    ];
    scene.message(super::stage::tokens(text).into_iter(), annotations)
}

/// A page, as a source.
pub(super) fn page_source() -> Source {
    source(
        "ChatKit guide",
        Some("How to embed a chat in a page"),
        SourceKind::Url(UrlSource {
            url: "https://platform.openai.com/docs/guides/chatkit".into(),
            attribution: Some("OpenAI".into()),
            extra: Extra::default(),
        }),
    )
}

/// A file, as a source.
pub(super) fn file_source() -> Source {
    let file = FileSource {
        filename: "handbook.pdf".into(),
        extra: Extra::default(),
    };
    source(
        "Handbook",
        Some("Chapter 3, page 14"),
        SourceKind::File(file),
    )
}

fn entity_source() -> Source {
    let entity = EntitySource {
        id: "article_123".into(),
        icon: Some("document".into()),
        label: Some("Article".into()),
        inline_label: Some("Article 123".into()),
        interactive: true,
        data: Object::from_iter([("kind".to_owned(), "article".into())]),
        preview: None,
        extra: Extra::default(),
    };
    source("Article 123", None, SourceKind::Entity(entity))
}

fn source(title: &str, description: Option<&str>, kind: SourceKind) -> Source {
    Source {
        title: title.into(),
        description: description.map(Into::into),
        timestamp: None,
        group: None,
        kind,
    }
}

fn vocabulary(count: usize) -> impl Iterator<Item = String> + Send {
    (0..count).map(move |index| {
        let word = VOCABULARY[index % VOCABULARY.len()];
        if index + 1 == count {
            word.to_owned()
        } else {
            format!("{word} ")
        }
    })
}

fn count(argument: &str, default: usize) -> usize {
    argument
        .parse()
        .map_or(default, |count: usize| count.min(MAX_WORDS))
}

const MARKDOWN: &str = r#"# A heading

A paragraph with **bold**, *italic*, ~~struck~~ and `inline code`, a [link](https://example.com) and
an emoji 🎉. Wide characters too: 日本語.

## Lists

- one
- two
  - nested
- three

1. first
2. second

- [x] done
- [ ] open

## A quote

> To be, or not to be.
>
> > And a quote in it.

## Code

```rust
fn main() {
    println!("hello from the mock");
}
```

## A table

| name  | count | share |
|:------|------:|:-----:|
| red   |    12 | 40 %  |
| green |    18 | 60 %  |

---

The end.
"#;
