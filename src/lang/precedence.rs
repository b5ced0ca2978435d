//! Operators by precedence: the terms of an expression become a tree.

use super::predicate::Shape;
use crate::value::Operator;

/// A part of a flat expression; what it is made of begins at `piece` and ends where the next term begins.
#[derive(Debug)]
pub(super) struct Term {
    pub piece: usize,
    pub kind: TermKind,
}

#[derive(Debug)]
pub(super) enum TermKind {
    Operand(Shape),
    Prefix(Prefix),
    Binary(Binary),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Prefix {
    /// `!` and `-not`.
    Not {
        shell: bool,
    },
    Minus,
    /// `-join` and `-split` before their operand.
    Join,
    Split,
    /// `[int]` and its like, already written up to what is converted.
    Cast,
    /// Rhai's `+` and whatever else stands before an operand.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Binary {
    /// A Rhai operator with its own precedence.
    Rhai {
        precedence: u8,
        boolean: bool,
        /// What does PowerShell's of the same sign.
        twin: Option<&'static str>,
    },
    /// `==`, `!=`.
    Equality {
        same: bool,
    },
    /// `&&`, `||`.
    Logical {
        and: bool,
    },
    /// `-and`, `-or`.
    Shell {
        and: bool,
    },
    Xor,
    Compare(Operator),
    /// `-replace`, `-split`, `-join`, `-is`, `-isnot`, `-as`, by their names.
    Call(&'static str),
    Comma,
}

/// The operators between tests.
pub(super) const JOINS: [(&str, Binary); 3] = [
    ("and", Binary::Shell { and: true }),
    ("or", Binary::Shell { and: false }),
    ("xor", Binary::Xor),
];

/// The operators besides the comparisons, as typed and as called.
const CALLS: [(&str, &str); 13] = [
    ("f", "f"),
    ("replace", "replace"),
    ("ireplace", "replace"),
    ("creplace", "creplace"),
    ("split", "split"),
    ("isplit", "split"),
    ("csplit", "csplit"),
    ("join", "join"),
    ("is", "is"),
    ("isnot", "isnot"),
    ("as", "as"),
    ("match", "match"),
    ("xor", "xor"),
];

impl Binary {
    /// The PowerShell operator of a word without its dash.
    pub fn named(word: &str) -> Option<Self> {
        let lower = word.to_ascii_lowercase();
        if let Some((_, join)) = JOINS.iter().find(|(name, _)| *name == lower) {
            return Some(*join);
        }
        if let Some(operator) = Operator::named(&lower) {
            return Some(Binary::Compare(operator));
        }
        let (_, name) = CALLS.iter().find(|(typed, _)| *typed == lower)?;
        Some(Binary::Call(name))
    }

    /// The function for PowerShell's operator of the same sign, where that means something else.
    pub fn twin(self) -> Option<&'static str> {
        match self {
            Binary::Rhai { twin, .. } => twin,
            _ => None,
        }
    }

    pub fn is_shell(self) -> bool {
        !matches!(
            self,
            Binary::Rhai { .. } | Binary::Equality { .. } | Binary::Logical { .. }
        )
    }

    /// Its value is true or false for certain.
    pub fn is_boolean(self) -> bool {
        matches!(
            self,
            Binary::Rhai { boolean: true, .. }
                | Binary::Equality { .. }
                | Binary::Logical { .. }
                | Binary::Shell { .. }
                | Binary::Xor
        )
    }

    /// What is known of a comparison by what is known of its sides.
    pub fn shape(self, left: Shape, right: Shape) -> Shape {
        match self {
            Binary::Compare(operator) => left.compare(operator, right),
            Binary::Equality { same } => left.equal(right, same),
            _ => Shape::Other,
        }
    }

    fn precedence(self) -> u8 {
        match self {
            Binary::Shell { .. } | Binary::Xor => 20,
            Binary::Logical { and: false } => 30,
            Binary::Logical { and: true } => 60,
            Binary::Call("f") => 205,
            Binary::Equality { .. } | Binary::Compare(_) | Binary::Call(_) => 90,
            Binary::Rhai { precedence, .. } => precedence,
            Binary::Comma => 220,
        }
    }
}

/// The Rhai operator of a symbol.
pub(super) fn rhai_operator(symbol: &str) -> Option<Binary> {
    let (precedence, boolean) = match symbol {
        "||" => return Some(Binary::Logical { and: false }),
        "&&" => return Some(Binary::Logical { and: true }),
        "==" => return Some(Binary::Equality { same: true }),
        "!=" => return Some(Binary::Equality { same: false }),
        "|" | "^" => (30, false),
        "&" => (60, false),
        "in" | "!in" => (110, true),
        "<" | "<=" | ">" | ">=" => (130, true),
        "??" => (135, false),
        ".." | "..=" => (140, false),
        "+" | "-" => (150, false),
        "*" | "/" | "%" => (180, false),
        "**" => (190, false),
        "<<" | ">>" => (210, false),
        _ => return None,
    };
    let twin = match symbol {
        ".." => Some("range"),
        "+" => Some("add"),
        "-" => Some("sub"),
        "*" => Some("mul"),
        "/" => Some("div"),
        "%" => Some("mod"),
        _ => None,
    };
    Some(Binary::Rhai {
        precedence,
        boolean,
        twin,
    })
}

/// An expression whose value is known to be true or false doesn't need to be asked for its truth.
#[derive(Debug)]
pub(super) enum Tree {
    Leaf {
        from: usize,
        to: usize,
        shape: Shape,
    },
    Prefix {
        prefix: Prefix,
        piece: usize,
        inner: Box<Tree>,
    },
    /// The operator's own piece, and the blanks after it up to `right`'s first piece.
    Binary {
        binary: Binary,
        piece: usize,
        left: Box<Tree>,
        right: Box<Tree>,
    },
    /// `a, b, c`, or operands joined by the same `-and`: the pieces of the operators stand between the parts.
    Chain {
        binary: Binary,
        parts: Vec<Tree>,
        pieces: Vec<usize>,
    },
}

/// More operators than anyone writes in one expression; keeps the recursion over trees shallow.
pub(super) const OPERATOR_LIMIT: usize = 300;

pub(super) struct PrecedenceClimber {
    pub terms: std::iter::Peekable<std::vec::IntoIter<Term>>,
    pub end: usize,
}

impl PrecedenceClimber {
    pub fn next_piece(&mut self) -> usize {
        self.terms.peek().map_or(self.end, |term| term.piece)
    }

    fn operand(&mut self) -> Tree {
        match self.terms.next() {
            Some(Term {
                piece,
                kind: TermKind::Prefix(prefix),
            }) => Tree::Prefix {
                prefix,
                piece,
                inner: Box::new(self.operand()),
            },
            Some(Term {
                piece,
                kind: TermKind::Operand(shape),
            }) => Tree::Leaf {
                from: piece,
                to: self.next_piece(),
                shape,
            },
            // An operator without its operand: Rhai will say so.
            Some(Term { piece, .. }) => Tree::Leaf {
                from: piece,
                to: self.next_piece(),
                shape: Shape::Other,
            },
            None => Tree::Leaf {
                from: self.end,
                to: self.end,
                shape: Shape::Other,
            },
        }
    }

    pub fn climb(&mut self, minimum: u8) -> Tree {
        let mut left = self.operand();
        loop {
            let (piece, binary) = match self.terms.peek() {
                Some(Term {
                    piece,
                    kind: TermKind::Binary(binary),
                }) if binary.precedence() >= minimum => (*piece, *binary),
                // Two operands in a row: Rhai will refuse them; keep both.
                Some(Term {
                    kind: TermKind::Operand(_) | TermKind::Prefix(_),
                    ..
                }) => {
                    let from = match &left {
                        Tree::Leaf { from, .. } => *from,
                        _ => return left,
                    };
                    let _ = self.terms.next();
                    left = Tree::Leaf {
                        from,
                        to: self.next_piece(),
                        shape: Shape::Other,
                    };
                    continue;
                }
                _ => return left,
            };
            let _ = self.terms.next();
            let right_binds = matches!(
                binary,
                Binary::Rhai {
                    precedence: 190,
                    ..
                }
            );
            let right = self.climb(binary.precedence() + u8::from(!right_binds));
            left = match (binary, left) {
                (
                    Binary::Comma | Binary::Shell { .. },
                    Tree::Chain {
                        binary: own,
                        mut parts,
                        mut pieces,
                    },
                ) if own == binary => {
                    parts.push(right);
                    pieces.push(piece);
                    Tree::Chain {
                        binary,
                        parts,
                        pieces,
                    }
                }
                (Binary::Comma | Binary::Shell { .. }, left) => Tree::Chain {
                    binary,
                    parts: vec![left, right],
                    pieces: vec![piece],
                },
                (_, left) => Tree::Binary {
                    binary,
                    piece,
                    left: Box::new(left),
                    right: Box::new(right),
                },
            };
        }
    }
}

impl Tree {
    pub fn is_boolean(&self) -> bool {
        match self {
            Tree::Leaf { shape, .. } => {
                matches!(shape, Shape::Literal(crate::value::Value::Bool(_)))
            }
            Tree::Prefix { prefix, .. } => matches!(prefix, Prefix::Not { .. }),
            Tree::Binary { binary, .. } | Tree::Chain { binary, .. } => binary.is_boolean(),
        }
    }

    pub fn is_command(&self) -> bool {
        matches!(
            self,
            Tree::Leaf {
                shape: Shape::Command(_),
                ..
            }
        )
    }
}
