//! Which variables exist: what `check` finds, against Rhai's own strict compiling, which stops at the first.

use rhai::Engine;
use tenantsh::lang::{self, Environment};

fn unknown(text: &str) -> Vec<String> {
    let around = Environment {
        is_command: &|_| false,
        variables: &[],
        first_pipeline: 0,
    };
    let found = lang::unknown_variables(text, &around).into_iter();
    found
        .map(|fault| fault.target.clone().unwrap_or_default())
        .collect()
}

/// A program of Rhai's that declares and reads a few names, at random.
struct Program {
    seed: u64,
    text: String,
}

impl Program {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift: repeatable from its seed.
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % limit
    }

    fn name(&mut self) -> &'static str {
        ["a", "b", "c", "d"][self.below(4) as usize]
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn expression(&mut self, depth: u32) {
        let kind = if depth == 0 {
            self.below(2)
        } else {
            self.below(14)
        };
        let (name, other) = (self.name(), self.name());
        match kind {
            0 => self.push("1"),
            2 => self.wrapped(depth, "(", ")"),
            3 => self.wrapped(depth, "[1, ", "]"),
            4 => self.wrapped(depth, &format!("#{{ {other}: "), " }"),
            5 => self.wrapped(depth, "`x ${", "} {a}`"),
            6 => self.wrapped(depth, "print(", ")"),
            7 => self.wrapped(depth, &format!("{name}.{other} + "), ""),
            8 => self.wrapped(depth, &format!("{name}["), "]"),
            9 => self.wrapped(depth, &format!("|{name}, {other}| "), ""),
            10 => self.wrapped(depth, "if true { ", " } else { 2 }"),
            11 => self.wrapped(depth, &format!("switch {name} {{ 1 => 2, _ => "), " }"),
            12 => self.wrapped(depth, &format!("{name}?.{other} ?? "), ""),
            13 => self.wrapped(depth, &format!("{name}.f("), ")"),
            _ => self.push(name),
        }
    }

    fn wrapped(&mut self, depth: u32, before: &str, after: &str) {
        self.push(before);
        self.expression(depth - 1);
        self.push(after);
    }

    fn block(&mut self, depth: u32, before: &str, after: &str) {
        self.push(before);
        self.push(" {\n");
        for _ in 0..=self.below(3) {
            self.statement(depth - 1);
        }
        self.push("}");
        self.push(after);
        self.push("\n");
    }

    fn statement(&mut self, depth: u32) {
        let kind = if depth == 0 {
            self.below(4)
        } else {
            self.below(11)
        };
        let (name, other) = (self.name(), self.name());
        match kind {
            0 | 1 => self.push(&format!("let {name} = ")),
            2 => self.push(&format!("{name} = ")),
            3 => {}
            4 => return self.block(depth, "", ""),
            5 => return self.block(depth, &format!("for {name} in [1, 2]"), ""),
            6 => return self.block(depth, &format!("for ({name}, {other}x) in {other}"), ""),
            7 => return self.block(depth, &format!("while {name}"), ""),
            8 => return self.block(depth, "do", &format!(" until {name};")),
            9 => {
                self.block(depth, "try", "");
                return self.block(depth, &format!("catch ({name})"), "");
            }
            _ => return self.block(depth, &format!("if {name}"), ""),
        }
        self.expression(2);
        self.push(";\n");
    }

    fn function(&mut self, number: u64) {
        let names = ["a", "a, b", "a, b, c", "a, b, c, d"][self.below(4) as usize];
        self.block(2, &format!("fn f{number}({names})"), "");
    }

    fn random(seed: u64) -> String {
        let mut program = Self {
            seed,
            text: String::new(),
        };
        let declared = program.below(5) as usize;
        for name in ["a", "b", "c", "d"].iter().take(declared) {
            program.push(&format!("let {name} = 1;\n"));
        }
        for number in 0..=program.below(5) {
            match program.below(4) {
                0 => program.function(number),
                _ => program.statement(2),
            }
        }
        program.text
    }
}

#[test]
fn check_finds_an_unknown_variable_where_strict_rhai_does() {
    let mut engine = Engine::new();
    engine.set_strict_variables(true);
    let lax = Engine::new();
    let (mut sound, mut unsound, mut several) = (0, 0, 0);
    for seed in 1..=6_000u64 {
        let text = Program::random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        if lax.compile(&text).is_err() {
            continue;
        }
        let found = unknown(&text);
        match engine.compile(&text) {
            Ok(_) => {
                assert!(found.is_empty(), "{seed}: {found:?}\n{text}");
                sound += 1;
            }
            Err(error) => {
                let first = error.err_type().to_string();
                let is = |name: &String| first == format!("Undefined variable: {name}");
                assert!(found.iter().any(is), "{seed}: {found:?} {first}\n{text}");
                unsound += 1;
                several += usize::from(found.len() > 1);
            }
        }
    }
    assert!(
        sound > 500 && unsound > 500 && several > 500,
        "{sound} {unsound} {several}"
    );
}
