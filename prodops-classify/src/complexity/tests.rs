//! Programs whose complexity was worked out by hand: beside each line that counts stands what it counts.

use prodops_core::fact::Language;
use proptest::prelude::*;

use super::ComplexityCounter;
use super::rules::RULES;
use crate::artefact::language_name;
use crate::lexer::{Tokens, lex};

const C: u32 = 41;
const CPP: u32 = 43;
const CSHARP: u32 = 42;
const ELIXIR: u32 = 100;
const GO: u32 = 132;
const JAVA: u32 = 181;
const JS: u32 = 183;
const KOTLIN: u32 = 189;
const LUA: u32 = 213;
const PHP: u32 = 272;
const PYTHON: u32 = 303;
const R: u32 = 307;
const RUBY: u32 = 326;
const RUST: u32 = 327;
const SHELL: u32 = 346;
const SWIFT: u32 = 362;
const TYPESCRIPT: u32 = 378;

fn complexity(language: u32, text: &str) -> Option<u32> {
    let language = Some(Language(language));
    let mut tokens = Tokens::default();
    lex(language, text.as_bytes(), &mut tokens);
    ComplexityCounter::default().count(language, tokens.code())
}

fn check(language: u32, cases: &[(u32, &str)]) {
    for (expected, text) in cases {
        assert_eq!(
            complexity(language, text),
            Some(*expected),
            "{}:\n{text}",
            language_name(Language(language))
        );
    }
}

#[test]
fn c() {
    check(
        C,
        &[
            (0, "int f(void) { return 1; }"),
            (1, "int f(int a) { if (a) { return 1; } return 0; }"),
            // if 1, else 1
            (2, "int f(int a) { if (a) return 1; else return 0; }"),
            // if 1, else if 1, else 1
            (3, "int f(int a) { if (a) { x(); } else if (b) { y(); } else { z(); } }"),
            // for 1, if 2, while 3
            (6, "void f() { for (int i = 0; i < 9; i++) { if (i) { while (g()) { h(); } } } }"),
            // the same without braces
            (6, "void f() { for (int i = 0; i < 9; i++) if (i) while (g()) h(); }"),
            // for 1, if 2, else 1, if 1: what has no braces ends with its statement
            (5, "void f() { for (;;) if (a) b(); else c(); if (d) e(); }"),
            // if 1, if 2, else 1, else 1
            (5, "void f() { if (a) if (b) x(); else y(); else z(); }"),
            // switch 1, if 2; its ways nothing
            (3, "void f() { switch (a) { case 1: if (b) c(); break; case 2: default: d(); } }"),
            // do 1; its while nothing; the next while 1
            (2, "void f() { do { g(); } while (a); while (b) h(); }"),
            (2, "void f() { do g(); while (a); while (b) h(); }"),
            // if 1, && 1
            (2, "void f() { if (a && b && c) d(); }"),
            // if 1, && 1, || 1
            (3, "void f() { if (a && b || c) d(); }"),
            // if 1, && 1, the bracket's || 1
            (3, "void f() { if (a && (b || c)) d(); }"),
            // ?: 1; one in its other half 2
            (1, "int f(int a) { return a ? 1 : 2; }"),
            (3, "int f(int a) { return a ? 1 : b ? 2 : 3; }"),
            // one within the other: 1 and 2
            (3, "int f(int a) { return a ? (b ? 1 : 2) : 3; }"),
            // if 1, goto 1
            (2, "void f() { if (a) goto out; out: return; }"),
            // #if 1, #else 1, if 1 in each part: braces of both parts are not open twice
            (4, "void f() {\n#if A\n if (a) {\n#else\n if (b) {\n#endif\n g();\n }\n}\n"),
            // #ifdef 1, the macro's if 1, and what it opens is not open behind it: if 1
            (3, "#ifdef A\n#define OPEN if (\n#endif\nvoid f() { if (a) b(); }"),
            // a loop without a body 1, then if 1
            (2, "void f() { while (*a++ = *b++); if (c) d(); }"),
        ],
    );
}

#[test]
fn cpp_and_csharp_and_java() {
    check(
        CPP,
        &[
            // references are no operators
            (0, "struct A { A(A&& a); A& operator=(A&& b) { auto&& c = b; return *this; } };"),
            // a range is a loop 1; && after return 1
            (2, "bool f() { for (auto&& [k, v] : map) g(k); return a && b; }"),
            // if 1, && 1; try nothing, catch 1
            (3, "void f() { try { if (a && f(b)) g(); } catch (const E& e) { } }"),
            // if constexpr 1
            (1, "template <class T> void f() { if constexpr (std::is_same_v<T, int>) { g(); } }"),
            // std:: is no half of a condition: ?: 1
            (1, "int f() { return a ? std::min(b, c) : std::max(b, c); }"),
        ],
    );
    check(
        CSHARP,
        &[
            // int? and ?. and ?? count nothing; ?: 1
            (1, "class A { int? x; void F(int? a) { int? b = c?.D ?? e; var g = h ? 1 : 2; } }"),
            // foreach 1, if 2
            (3, "void F() { foreach (var a in b) { if (a) { c(); } } }"),
            // catch with a filter 1, if 2
            (3, "void F() { try { } catch (E e) when (e.A) { if (b) c(); } }"),
        ],
    );
    check(
        JAVA,
        &[
            // for 1, if 2, else if 1, lambda nothing
            (4, "void f() { for (A a : b) { if (a.c()) d(); else if (e) g(x -> { h(); }); } }"),
            // switch 1 with arrows; if 2
            (3, "int f() { return switch (a) { case 1 -> 2; default -> { if (b) c(); yield 3; } }; }"),
            // wildcards are no conditions
            (0, "Map<?, ? extends A> f(List<? super B> a) { return c; }"),
            // catch 1, while 1, catch in it 2
            (4, "void f() { try { a(); } catch (E e) { } while (b) { try { c(); } catch (F g) { } } }"),
        ],
    );
}

#[test]
fn javascript_and_typescript() {
    check(
        JS,
        &[
            // methods named like words of the language count nothing; if 1
            (1, "p.catch(e => { if (e) f(); }).finally(() => g()); let x = { if: 1, for: 2, switch: 3 };"),
            // without semicolons: if 1, if 1
            (2, "if (a) b()\nc()\nif (d) e()\n"),
            // for of 1, for await 2, if 3
            (6, "async function f() { for (const a of b) { for await (const c of a) { if (c) d() } } }"),
            // ?. and ?? nothing, ?: 1, && 1
            (2, "const a = b?.c ?? d; const e = f && g ? h : { i: 1 };"),
            // a ||= b is no run of operators
            (0, "a ||= b; c &&= d;"),
            // catch without a name 1
            (1, "try { a() } catch { b() }"),
            // while 1, regular expressions are no code
            (1, "while (a) { b = /if (c) && d/.test(e) }"),
        ],
    );
    check(
        TYPESCRIPT,
        &[
            // optional names and types of several names count nothing
            (0, "interface A { b?: string; c: (d?: number) => A | undefined }"),
            // if 1, || 1
            (2, "function f(a?: B): C { if (!a || a.b!) { return d as C } return e }"),
        ],
    );
}

#[test]
fn rust_and_go_and_swift() {
    check(
        RUST,
        &[
            // impl … for and for<'a> are no loops
            (
                0,
                "impl<T> A for B<T> where for<'a> T: Fn(&'a u8) { fn f(&self) -> impl Iterator { g(|| h()) } }",
            ),
            // for 1, if let 2, else 1; the pattern's braces are none of a body
            (4, "fn f() { for A { b, .. } in c { if let D { e } = b { g() } else { h() } } }"),
            // match 1, its guard 2, if in a way 2
            (5, "fn f() { match a { B if c => 1, D => { if e { 2 } else_not } } }"),
            // loop 1, while let 2, && 1, || 1
            (5, "fn f() { loop { while let Some(a) = b() { c(d && e || g) } } }"),
            // references and closures are no operators
            (0, "fn f(a: &&str) { b(&&c, || d, move || e, |_| &&g) }"),
            // let else 1
            (1, "fn f() { let Some(a) = b else { return; }; }"),
        ],
    );
    check(
        GO,
        &[
            // for 1, if with a statement 2, else if 1
            (
                4,
                "func f() {\n for i := range a {\n  if b, ok := c[i]; ok {\n   d()\n  } else if b != nil {\n  }\n }\n}\n",
            ),
            // a literal of values before the body: for 1, if 2
            (3, "func f() {\n for _, c := range []struct{ a int }{{1}, {2}} {\n  if c.a > 1 {\n  }\n }\n}\n"),
            // switch 1, select 1, || 1
            (3, "func f() {\n switch {\n case a || b:\n }\n select {\n case <-c:\n }\n}\n"),
            // for 1, goto 1; func nothing
            (2, "func f() {\n g := func() { goto end }\n for {\n }\n}\n"),
        ],
    );
    check(
        SWIFT,
        &[
            // labels are no loops; guard's else 1, if 1
            (
                2,
                "func f(for a: Int, in b: B) {\n guard let c = a else { return }\n if g(for: c) { h() }\n}\n",
            ),
            // repeat 1; its while nothing; optional values nothing; ?: 1
            (2, "func f() {\n repeat { a?.b() } while c\n let d = e ? 1 : 2\n let x: Int? = nil\n}\n"),
            // for 1, switch 2, catch 1
            (
                4,
                "func f() {\n for a in b {\n  switch a {\n  case .c: d()\n  default: break\n  }\n }\n do { try e() } catch { }\n}\n",
            ),
        ],
    );
}

#[test]
fn kotlin_and_php_and_r() {
    check(
        KOTLIN,
        &[
            // when 1, its else nothing, if as a value 2, else 1
            (4, "fun f() {\n when (a) {\n  1 -> b()\n  else -> c(if (d) 1 else 2)\n }\n}\n"),
            // if 1, else 1, the next line's if 1; elvis nothing
            (3, "fun f() {\n if (a)\n  b()\n else\n  c()\n if (d) return e ?: g\n}\n"),
            // for 1, if 2, && over lines 1
            (4, "fun f() {\n for (a in b) {\n  if (c\n   && d\n   && e) g()\n }\n}\n"),
        ],
    );
    check(
        PHP,
        &[
            // if 1, elseif 1, else 1; foreach in the last 2
            (5, "<?php if ($a): b(); elseif ($c): d(); else: foreach ($e as $f): g(); endforeach; endif; "),
            // match 1, ?? and ?: and ?-> nothing, and 1
            (2, "<?php $a = match($b) { 1 => $c ?? $d, default => $e?->f() ?: 3 }; if_not($x and $y);"),
            // if 1, while 2
            (3, "<?php function f() { if ($a) { while ($b) { $c->if(); } } }"),
        ],
    );
    check(
        R,
        &[
            // if 1, else 1, for 1, if 2
            (5, "f <- function(x) {\n  y <- if (x) 1 else 2\n  for (i in x) if (i > 1) print(i)\n}\n"),
            // repeat 1, while 2, || 1
            (4, "repeat {\n  while (a || b) c()\n}\n"),
        ],
    );
}

#[test]
fn python() {
    check(
        PYTHON,
        &[
            (0, "def f():\n    return 1\n"),
            // if 1, elif 1, else 1
            (3, "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()\n"),
            // for 1, if 2, while 3, and 1; the last if 1
            (8, "for a in b:\n    if c and d and e:\n        while f:\n            g()\nif h:\n    i()\n"),
            // if 1 on one line, if 1
            (2, "if a: b()\nif c: d()\n"),
            // conditional expression 1; one in its other half 2
            (1, "a = b if c else d\n"),
            (3, "a = b if c else d if e else f\n"),
            // comprehensions count nothing
            (0, "a = [b for c in d if e]\nf = {g: h for g, h in i}\n"),
            // try nothing, except 1 and 1, else 1, if in it 2
            (
                5,
                "try:\n    a()\nexcept B:\n    c()\nexcept D as e:\n    f()\nelse:\n    if g:\n        h()\n",
            ),
            // match 1, if in a case 2; a name is none
            (3, "match a:\n    case 1:\n        if b:\n            c()\nmatch = d\nmatch(e)\n"),
            // async for 1, or 1, and 1
            (3, "async def f():\n    async for a in b:\n        return a or b and c\n"),
            // brackets over lines: if 1, or 1
            (2, "if (a or\n        b or\n    c):\n    d()\n"),
            // for 1, its else 1
            (2, "for a in b:\n    c()\nelse:\n    d()\n"),
        ],
    );
}

#[test]
fn words_at_the_end() {
    check(
        SHELL,
        &[
            // if 1, elif 1, else 1
            (3, "if a; then\n  b\nelif c; then\n  d\nelse\n  e\nfi\n"),
            // while 1, for 2, case 3, || 1
            (
                7,
                "while read x; do\n  for y in 1 2; do\n    case $y in\n      a) b || c ;;\n    esac\n  done\ndone\n",
            ),
            // words that are no commands count nothing; if 1
            (1, "echo if for case\nif a; then b; fi\n"),
            // && 1, || 1
            (2, "[ -f x ] && a || b\n"),
        ],
    );
    check(
        LUA,
        &[
            // for 1, if 2, elseif 1, else 1
            (5, "for i = 1, 9 do if a then b() elseif c then d() else e() end end"),
            // while 1, repeat 2, and 1, or 1; do … end nothing
            (5, "while a do repeat b() until c and d or e end do f() end"),
            // functions nothing: if 1
            (1, "local f = function() return 1 end if a then f() end"),
        ],
    );
    check(
        RUBY,
        &[
            // if 1, elsif 1, else 1
            (3, "if a\n  b\nelsif c\n  d\nelse\n  e\nend\n"),
            // modifiers 1 and 1; blocks nothing
            (2, "def f\n  return if a\n  b.each do |c|\n    d unless c\n  end\nend\n"),
            // while 1, case 2, its else nothing
            (3, "while a do\n  case b\n  when 1 then c\n  else d\n  end\nend\n"),
            // rescue 1, if in it 2, rescue 1
            (4, "begin\n  a\nrescue B\n  if c\n    d\n  end\nrescue E => e\n  f\nend\n"),
            // ?: 1, methods with a question mark and symbols nothing
            (1, "x = a.nil? ? b : c\nvalidates :x, if: :y, unless: :z\n"),
            // x = if 1, else 1, && 1, ||= nothing
            (3, "x = if a && b\n  1\nelse\n  2\nend\ny ||= 3\nobj.class\n"),
        ],
    );
    check(
        ELIXIR,
        &[
            // if 1, else 1
            (2, "def f(a) do\n  if a do\n    1\n  else\n    2\n  end\nend\n"),
            // case 1, cond 2, fn nothing, and 1
            (
                4,
                "case a do\n  1 ->\n    cond do\n      b and c -> Enum.map(d, fn x -> x end)\n    end\nend\n",
            ),
            // on one line: if 1, then if 1
            (2, "def f(a), do: if a, do: 1\nif b, do: 2\n"),
        ],
    );
}

#[test]
fn what_is_unknown_is_not_zero() {
    for language in [0, 333, 222, 174, 157] {
        assert_eq!(complexity(language, "if (a) { b }"), None, "{language}");
    }
    assert_eq!(ComplexityCounter::default().count(None, &[]), None);
    assert_eq!(complexity(C, ""), Some(0));
    assert_eq!(complexity(C, &"(".repeat(100_000)), None);
    assert_eq!(complexity(C, &"if (a) ".repeat(100_000)), None);
    assert_eq!(complexity(PYTHON, &"(".repeat(2_000)), None);
}

#[test]
fn every_language_with_rules_is_one_and_stands_once() {
    let mut seen = Vec::new();
    for id in RULES.iter().flat_map(|rules| rules.languages) {
        assert_ne!(language_name(Language(*id)), "unknown", "{id}");
        assert!(!seen.contains(id), "{id}");
        seen.push(*id);
    }
}

/// Programs of C, and of everything that looks like it, from which pieces are made.
fn statement() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("call ( name , 1 ) ;".to_owned()),
        Just("name = other && third || last ;".to_owned()),
        Just("name = other ? 1 : 2 ;".to_owned()),
        Just("return name ;".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let block =
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| format!("{{ {} }}", all.join(" ")));
        prop_oneof![
            block.clone().prop_map(|block| format!("if ( name && other ) {block}")),
            (block.clone(), block.clone()).prop_map(|(a, b)| format!("if ( name ) {a} else {b}")),
            block.clone().prop_map(|block| format!("while ( name ) {block}")),
            block.clone().prop_map(|block| format!("do {block} while ( name ) ;")),
            block.prop_map(|block| format!("switch ( name ) {block}")),
            inner.clone().prop_map(|one| format!("for ( name ; other ; third ) {one}")),
            inner.prop_map(|one| format!("if ( name ) {one} else call ( ) ;")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn format_comments_and_names_change_nothing(all in prop::collection::vec(statement(), 1..4), blanks in prop::collection::vec(0usize..4, 1..9)) {
        let text = all.join(" ");
        let mut between = blanks.iter().cycle().map(|kind| [" ", "\n\t", " /* if (x) */ ", " // else\n"][*kind]);
        let other: String = text.split(' ').flat_map(|word| [word, between.next().unwrap()]).collect();
        let renamed = other.replace("name", "Wert").replace("third", "trois").replace("call", "rufe");
        for language in [C, CPP, CSHARP, JAVA, JS, TYPESCRIPT, PHP, 87] {
            let points = complexity(language, &text);
            prop_assert!(points.is_some());
            prop_assert_eq!(complexity(language, &other), points, "{} in {}", other, language);
            prop_assert_eq!(complexity(language, &renamed), points, "{} in {}", renamed, language);
        }
    }

    #[test]
    fn texts_beside_each_other_count_together(a in statement(), b in statement()) {
        for language in [C, JAVA, JS, KOTLIN] {
            let (one, other) = (complexity(language, &a).unwrap(), complexity(language, &b).unwrap());
            prop_assert_eq!(complexity(language, &format!("{a}\n{b}")), Some(one + other), "{} {}", a, b);
        }
    }

    #[test]
    fn any_tokens_are_counted(pieces in prop::collection::vec("if|else|for|while|do|end|case|rescue|def|let|in|impl|match|#if|#else|#endif|[(){}\\[\\];:,?=&|.>-]|\n|    |a|:", 0..80), rules in 0..RULES.len()) {
        let text = pieces.join(" ");
        for id in RULES[rules].languages {
            prop_assert!(complexity(*id, &text).is_some());
        }
    }
}
