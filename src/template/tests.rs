//! What templates may do, and that a hostile one is stopped at its line.

use minijinja::context;
use minijinja::value::ValueKind;

use super::*;

/// Far more than any template here writes.
const ROOM: usize = 1024 * 1024;

/// So many lines, each of which makes more of what the line before left in `x`.
fn lines(first: &str, more: &str, count: usize) -> String {
    format!("{{% set x = {first} %}}") + &format!("\n{{% set x = {more} %}}").repeat(count)
}

fn refused(source: &str) -> Fault {
    let shown: String = source.chars().take(120).collect();
    expand(source, context! {}, ROOM).expect_err(&shown)
}

#[test]
fn a_template_sees_what_it_is_given_and_nothing_else() {
    let filled = expand("Hi {{ name }}{{ env }}", context! { name => "Ada" }, 100);
    assert_eq!(filled.unwrap(), "Hi Ada");
    assert!(expand("{% include '/etc/passwd' %}", context! {}, 100).is_err());
    assert_eq!(names("{{ a.b }} {% set c = 1 %}{{ c }}").unwrap(), ["a"]);
}

#[test]
fn a_template_that_never_ends_or_writes_too_much_is_stopped() {
    let endless =
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    assert!(expand(endless, context! {}, 100).is_err());
    for long in [
        "\n{{ 'x' * 4000 }}",
        "{% set y %}\n{{ 'x' * 4000 }}{% endset %}",
    ] {
        let long = expand(long, context! {}, 2048).unwrap_err();
        assert!(long.reason.contains("more than 2 KiB"), "{long}");
        assert_eq!(long.line, Some(2));
    }
    let long = evaluate_json("['x' * 1000] * 500", context! {}, 2048).unwrap_err();
    assert!(long.reason.contains("more than 2 KiB"), "{long}");
    let short = evaluate_json("[a, 'b']", context! { a => 1 }, 100).unwrap();
    assert_eq!(short, serde_json::json!([1, "b"]));
}

/// Each of these would take more memory than there is, or more time than anybody has.
#[test]
fn what_makes_too_much_is_stopped_at_its_line() {
    for growing in [
        lines("'x'", "x ~ x", 60),
        lines("'x'", "x + x", 60),
        lines("[1]", "x + x", 60),
        lines("[1]", "[x, x]", 60),
        lines("[1]", "(x, x)", 60),
        lines("{'a': 1}", "{'a': x, 'b': x}", 60),
        lines("[1, 2]", "x|chain(x)", 60),
        lines("'ab'", "x|replace('a', x)", 60),
        lines("['ab']", "x|join(x)", 60),
        lines("'x'", "[x, x]|join", 60),
        lines("'x'", "'%s%s'|format(x, x)", 60),
        lines("'x' * 1000", "x * 1000", 3),
        lines("[1] * 1000", "x * 1000", 3),
        lines("0", "'x' * 100000000", 1),
        lines("0", "9999 * ('x' * 9999)", 1),
        lines("0", "[1] * 100000000", 1),
        lines("0", "(1, 2) * 50000000", 1),
        lines("0", "'a'|indent(1000000000, true)", 1),
        lines("0", "'a'|indent(width=1000000000)", 1),
        lines("0", "'%1000000000d'|format(1)", 1),
        lines("0", "'%*d'|format(1000000000, 1)", 1),
        lines("0", "[1]|batch(1000000000, 0)", 1),
        lines("0", "[1]|slice(1000000000)", 1),
        lines("0", "[[1]]|tojson(indent=1000000000)", 1),
        lines("0", "('x' * 10000000)|list", 1),
        lines("'x' * 1000000", "range(1000)|map('replace', '', x)|list", 1),
        lines("range(100000)|list", "x|select('in', x)|list", 1),
    ] {
        let fault = refused(&growing);
        assert!(
            fault.reason.contains("more than 64 MiB of values; repeat"),
            "{fault}"
        );
        assert!(fault.line.is_some_and(|line| line > 1), "{growing}");
    }
}

#[test]
fn what_takes_too_long_is_stopped() {
    for slow in [
        "{% set l = range(100000)|list %}{% for i in l %}{% if l == l %}{% endif %}{% endfor %}",
        "{% set l = range(100000)|list %}{% for i in l %}{{ 'x' in l }}{% endfor %}",
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s[999999] }}{% endfor %}",
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s is eq(s) }}{% endfor %}",
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s|upper|length }}{% endfor %}",
        "{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
        "{% macro f(a) %}{{ f(a ~ a) }}{% endmacro %}{{ f('x') }}",
        "{% for a in ['x'] recursive %}{{ loop([a ~ a]) }}{% endfor %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
    ] {
        assert_eq!(refused(slow).line, Some(1), "{slow}");
    }
}

/// The same of what the templates of `.widget` files have and others have not.
#[test]
fn a_widget_that_makes_too_much_is_stopped_too() {
    for slow in [
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns }}",
        "{% set ns = namespace() %}{% set ns.a = [{'b': [ns]}] %}{{ ns|tojson }}",
        "{% macro f() %}{% endmacro %}{% set ns = namespace() %}{% set ns.a = f %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{{ 'x'|center(1000000000) }}",
        "{{ 'x'|center(width=1000000000) }}",
        "{{ 'x'.center(1000000000) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%*d' % (1000000000, 1) }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 1000000000) }}",
        "{{ range(100000)|map('string')|join('x' * 100000) }}",
        "{{ ('x' * 1000000)|replace('', 'y' * 1000) }}",
        "{{ ('x' * 1000000)|replace('', 'y' * 1000, 900000) }}",
        "{{ ('x' * 1000000).replace('x', 'y' * 1000) }}",
        "{{ ('x ' * 10000000).split() }}",
        "{{ ('y' * 1000000).join(('x ' * 1000).split()) }}",
        "{{ ('<' * 1000000)|forceescape|forceescape|forceescape|forceescape }}",
        "{{ ('/' * 20000000)|urlencode }}",
        "{% autoescape true %}{{ '<' * 20000000 }}{% endautoescape %}",
        "{% set l = range(100000)|map('string') %}{% for i in range(100000) %}{{ l|first }}{% endfor %}",
        "{% set l = range(100000)|select %}{% for i in range(100000) %}{{ 'x' in l }}{% endfor %}",
        "{% set l = range(100000)|select %}{% for i in range(100000) %}{% for j in l %}{% endfor %}{% endfor %}",
        "{% set l = range(100000)|list %}{% for i in l %}{% if l < l %}{% endif %}{% endfor %}",
        "{% set l = range(100000)|list %}{% for i in l %}{{ l is lt(l) }}{% endfor %}",
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s.find('y') }}{% endfor %}",
        "{% set s = 'x' * 1000000 %}{% for i in range(100000) %}{{ s|wordcount }}{% endfor %}",
    ] {
        let stopped = expand_widget(slow, context! {}, ROOM);
        assert_eq!(stopped.expect_err(slow).line, Some(1), "{slow}");
    }
}

/// The engine divides by zero and goes backwards through nothing, and a panic takes a request along.
#[test]
fn no_template_panics() {
    let values = [
        "0",
        "1",
        "-170141183460469231731687303715884105728",
        "''",
        "'a'",
        "[]",
        "[1]",
        "(1,)",
        "{}",
    ];
    let after = [
        "is divisibleby 0",
        "is divisibleby -1",
        "is divisibleby '0'",
        "% 0",
        "// 0",
        "[::-1]",
        "[9:-9:-1]",
        "[-9::-9223372036854775808]",
        "[:-9:-3]",
        "[0:'a':-1]",
        "|select('divisibleby', 0)|list",
        "|slice(0)|list",
        "|batch(0)|list",
        "|round(-999)",
        "|int(0, 99)",
    ];
    for value in values {
        for after in after {
            let source = format!("{{{{ ({value}) {after} }}}}");
            // Nothing is wrong with an error.
            let _ = expand(&source, context! {}, ROOM);
            let _ = expand_widget(&source, context! {}, ROOM);
        }
    }
    assert!(refused("{{ 3 is divisibleby 0 }}").reason.contains("zero"));
    let backwards = expand(
        "{{ 'abc'[::-1] }}{{ ''[::-1] }}{{ [1, 2, 3][1::-1] }}",
        context! {},
        ROOM,
    );
    assert_eq!(backwards.unwrap(), "cba[2,1]");
}

/// The engine goes one level deeper for each of these, and a stack that ends takes the program along.
#[test]
fn what_is_deeper_than_the_stack_is_refused_and_not_tried() {
    let many = |unit: &str| unit.repeat(100_000);
    for deep in [
        format!("{{{{ a{} }}}}", many(" ~ a")),
        format!("{{{{ a{} }}}}", many(".b")),
        format!("{{{{ a{} }}}}", many("|e")),
        format!("{{{{ a{} }}}}", many("()")),
        format!("{{{{ a{} }}}}", many("[0]")),
        format!("{{{{ {}a }}}}", many("not ")),
        format!("{{{{ {}1 }}}}", many("1 if a else ")),
        format!("{{% if a %}}1{}{{% endif %}}", many("{% elif a %}2")),
        format!("{{{{ {}", many("[")),
        many("{% if 1 %}"),
        lines("[1]", "[x]", 1000),
    ] {
        assert!(refused(&deep).line.is_some());
        assert!(names(&deep).is_err() || deep.starts_with("{% set"));
    }
    for wide in [
        format!("{{% set a = [{}] %}}{{{{ a|length }}}}", many("1,")),
        lines("[1, 2]", "x[:]", 1000),
        lines("{'a': 1}", "x|chain({'b': 1})", 1000),
    ] {
        assert!(expand(&wide, context! {}, ROOM).is_ok());
    }
}

/// The engine without a budget is what says how a template is meant.
#[test]
fn under_the_budget_a_template_means_what_it_means_without() {
    let context = || {
        context! {
            text => "hello big world", items => [1, 2, 3],
            rows => [context! { name => "a", n => 1 }, context! { name => "b", n => 2 }],
        }
    };
    let mut free = Environment::new();
    free.set_undefined_behavior(UndefinedBehavior::Chainable);
    free.set_formatter(|out, state, value| {
        if value.is_none() {
            return Ok(());
        }
        let is_json = matches!(
            value.kind(),
            ValueKind::Map | ValueKind::Seq | ValueKind::Iterable | ValueKind::Bool
        );
        if is_json && matches!(state.auto_escape(), AutoEscape::None) {
            return Ok(write!(out, "{}", serde_json::to_string(value).unwrap())?);
        }
        minijinja::escape_formatter(out, state, value)
    });
    for template in include_str!("tests.txt").split("\n====\n") {
        let expected = free.render_str(template, context()).unwrap();
        assert_eq!(
            expand(template, context(), ROOM),
            Ok(expected),
            "{template}"
        );
    }
}

#[test]
fn what_is_none_is_written_as_nothing() {
    let context = || context! { locale => (), state => context! { cart => vec![1] } };
    let text = "<{{ locale }}> <{{ state.none }}> {{ locale|tojson }} {{ state.cart }}";
    assert_eq!(expand(text, context(), ROOM).unwrap(), "<> <> null [1]");
    assert_eq!(evaluate("locale", context()).unwrap(), Value::from(()));
}

#[test]
fn what_is_no_text_is_written_as_json() {
    let output =
        || context! { output => context! { ok => true, tags => vec!["a", "b"], none => () } };
    let written = expand(
        "{{ output }} {{ output.tags }} {{ output.ok }}",
        output(),
        ROOM,
    );
    assert_eq!(
        written.unwrap(),
        r#"{"ok":true,"tags":["a","b"],"none":null} ["a","b"] true"#
    );
    let long = "{{ [range(9000)|list]|list }}";
    assert!(
        expand(long, output(), 100)
            .unwrap_err()
            .reason
            .contains("it writes more than")
    );
}

#[test]
fn a_value_that_is_missing_is_named() {
    let context = || context! { state => context! { count => 1 }, message => context! {} };
    let reason = |fault: Fault| fault.reason;
    let cart = evaluate(" state.cart + [state.count] ", context()).map_err(reason);
    assert_eq!(
        cart.unwrap_err(),
        "invalid operation: tried to use + operator on unsupported types undefined and sequence; \
         there is no state.cart here; write state.cart|default(…) where it may be missing"
    );
    let several = "{% set b = 2 %}{{ range(b)|length }}{{ state.a.b.c - message.d }}";
    let several = expand(several, context(), ROOM).unwrap_err().reason;
    assert!(
        several.contains("there is no message.d, state.a.b.c here;"),
        "{several}"
    );
}

#[test]
fn a_method_of_python_is_refused_with_what_is_written_instead() {
    let reason = names_of_expression("message.text.startswith('x')")
        .unwrap_err()
        .reason;
    assert_eq!(
        reason,
        "there is no method startswith; write TEXT is startingwith(…)"
    );
    assert!(names("{% for i in [1] %}{{ 'a'.upper() }}{% endfor %}").is_err());
    assert!(names("{% block b %}{{ message.get('a') }}{% endblock %}").is_err());
    assert!(names("{% for i in [1] %}{{ loop.cycle('a', 'b') }}{% endfor %}").is_ok());
    assert!(
        evaluate("'xy' is startingwith('x')", context! {})
            .unwrap()
            .is_true()
    );
}

#[test]
fn a_filter_or_a_test_that_there_is_not_is_named_before_it_is_called() {
    let reason = |fault: Fault| fault.reason;
    let filter = names("{% if false %}{{ 'a'|nosuch }}{% endif %}").map_err(reason);
    assert_eq!(filter.unwrap_err(), "there is no filter `nosuch`");
    let test = names_of_expression("message is nosuch").map_err(reason);
    assert_eq!(test.unwrap_err(), "there is no test `nosuch`");
    let known = "{{ [1]|join(',')|upper|tojson }}{{ a is defined and b is startingwith('x') }}";
    assert!(names(known).is_ok());
    let fault = names("\n\n{{ 'a'|nosuch }}").unwrap_err();
    assert_eq!(fault.line, Some(3));
}

/// Whether there is a filter is asked by a call without a value.
#[test]
fn a_filter_that_takes_arguments_is_known_without_them() {
    for call in [
        "format('x')",
        "replace('a', 'b')",
        "join(',')",
        "indent(2)",
        "tojson(2)",
        "batch(2)",
        "slice(2)",
        "select('odd')",
        "map(attribute='a')",
        "default('a')",
        "round(1)",
    ] {
        let known = names(&format!("{{{{ x|{call} }}}}"));
        assert_eq!(
            known.map_err(|fault| fault.reason),
            Ok(vec!["x".to_owned()]),
            "{call}"
        );
    }
}

#[test]
fn nothing_is_carried_from_round_to_round_of_a_loop() {
    let inner = "{% set a = 'x' %}{% for i in range(64) %}{% set a = a ~ a %}{% endfor %}{{ a }}";
    assert_eq!(expand(inner, context! {}, 100).unwrap(), "x");
}

#[test]
fn a_sole_expression_keeps_its_type() {
    assert_eq!(sole_expression(" {{ a + 1 }} "), Some(" a + 1 "));
    assert_eq!(sole_expression("{{ a }}{{ b }}"), None);
    assert_eq!(sole_expression("x {{ a }}"), None);
    let value = evaluate(" a + 1 ", context! { a => 2 }).unwrap();
    assert_eq!(value, Value::from(3));
}
