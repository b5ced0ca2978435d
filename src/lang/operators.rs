//! PowerShell's operators among Rhai's, written: a tree of them becomes calls and Rhai's own operators in their place.

use super::emit::Piece;
use super::lower::{Context, Lowerer};
use super::precedence::{Binary, OPERATOR_LIMIT, PrecedenceClimber, Prefix, Term, TermKind, Tree};
use super::predicate::Shape;
use super::syntax::runtime;
use crate::diagnostic::Diagnostic;

/// What became of an expression.
#[derive(Debug, Default)]
pub(super) struct ExprResult {
    pub shape: Shape,
    /// True or false for certain.
    pub boolean: bool,
    /// Its outermost operator is one of PowerShell's.
    pub shell: bool,
}

impl Lowerer<'_> {
    /// Rewrites the expression that begins at a piece and is made of these terms.
    pub fn build(&mut self, start: usize, terms: Vec<Term>, context: Context) -> ExprResult {
        let logical = |binary: &Binary| matches!(binary, Binary::Logical { .. });
        let powershell = context.shell || context.dollar;
        let has_command = terms
            .iter()
            .any(|term| matches!(term.kind, TermKind::Operand(Shape::Command(_))));
        let wanted = terms.iter().any(|term| match &term.kind {
            TermKind::Binary(binary) => {
                binary.is_shell()
                    || (logical(binary) && (powershell || has_command))
                    || (context.dollar && binary.twin().is_some())
            }
            TermKind::Prefix(Prefix::Not { shell }) => *shell || powershell || has_command,
            TermKind::Prefix(Prefix::Join | Prefix::Split | Prefix::Cast) => true,
            _ => false,
        });
        if !wanted {
            return simple(terms);
        }
        let operators = terms
            .iter()
            .filter(|term| match &term.kind {
                TermKind::Operand(_) => false,
                TermKind::Binary(binary) => *binary != Binary::Comma,
                TermKind::Prefix(_) => true,
            })
            .count();
        if operators > OPERATOR_LIMIT {
            let at = self.position;
            let error = Diagnostic::usage(
                "ExpressionTooLong",
                format!("the expression has more than {OPERATOR_LIMIT} operators"),
            );
            self.error(
                error
                    .at(at..at)
                    .hint("put the values in a list and use -in or -contains"),
            );
            return ExprResult::default();
        }
        let end = self.out.len() - start;
        let terms: Vec<Term> = terms
            .into_iter()
            .map(|term| Term {
                piece: term.piece - start,
                ..term
            })
            .collect();
        let old = self.out.split_off(start);
        let mut climb = PrecedenceClimber {
            terms: terms.into_iter().peekable(),
            end,
        };
        let tree = climb.climb(0);
        let rest = climb.next_piece();
        let (boolean, shell) = (
            tree.is_boolean(),
            matches!(&tree, Tree::Binary { binary, .. } | Tree::Chain { binary, .. } if binary.is_shell()),
        );
        let shape = self.emit(&tree, &old, context);
        // Operands without an operator between them: kept, for Rhai to refuse.
        self.out.extend_from_slice(&old[rest..]);
        ExprResult {
            shape,
            boolean,
            shell,
        }
    }

    fn emit(&mut self, tree: &Tree, old: &[Piece], context: Context) -> Shape {
        match tree {
            Tree::Leaf { from, to, shape } => {
                self.out.extend_from_slice(&old[*from..*to]);
                shape.clone()
            }
            Tree::Prefix {
                prefix,
                piece,
                inner,
            } => self.emit_prefix(*prefix, *piece, inner, old, context),
            Tree::Binary {
                binary,
                piece,
                left,
                right,
            } => self.emit_binary(*binary, *piece, left, right, old, context),
            Tree::Chain {
                binary,
                parts,
                pieces,
            } => self.emit_chain(*binary, parts, pieces, old, context),
        }
    }

    fn emit_prefix(
        &mut self,
        prefix: Prefix,
        piece: usize,
        inner: &Tree,
        old: &[Piece],
        context: Context,
    ) -> Shape {
        let at = place(&old[piece]);
        match prefix {
            Prefix::Not { shell } => {
                self.out.push(Piece::text("!", at));
                self.blanks(piece, inner, old);
                let truth = shell || context.shell || context.dollar || inner.is_command();
                self.side(inner, old, context, truth).not()
            }
            Prefix::Cast => {
                self.out.push(old[piece].clone());
                self.blanks(piece, inner, old);
                self.emit(inner, old, context);
                self.out.push(Piece::text(")", at));
                Shape::Other
            }
            Prefix::Join | Prefix::Split => {
                let (name, rest) = if prefix == Prefix::Join {
                    ("join", ",\"\")")
                } else {
                    ("split", ",\"\\\\s+\")")
                };
                self.out
                    .push(Piece::text(format!("{}{name}(", runtime::PREFIX), at));
                self.blanks(piece, inner, old);
                self.emit(inner, old, context);
                self.out.push(Piece::text(rest, at));
                Shape::Other
            }
            Prefix::Minus | Prefix::Other => {
                self.out.push(old[piece].clone());
                self.blanks(piece, inner, old);
                let shape = self.emit(inner, old, context);
                if prefix == Prefix::Minus {
                    shape.negative()
                } else {
                    Shape::Other
                }
            }
        }
    }

    fn emit_binary(
        &mut self,
        binary: Binary,
        piece: usize,
        left: &Tree,
        right: &Tree,
        old: &[Piece],
        context: Context,
    ) -> Shape {
        let at = place(&old[piece]);
        let name = match binary {
            Binary::Compare(operator) => operator.name(),
            Binary::Xor => "xor".to_owned(),
            Binary::Call(name) => name.to_owned(),
            Binary::Rhai {
                twin: Some(name), ..
            } if context.dollar => name.to_owned(),
            Binary::Logical { and } => {
                let powershell = context.shell || context.dollar;
                let truth = |tree: &Tree| powershell || tree.is_command();
                let first = self.side(left, old, context, truth(left));
                self.out.push(old[piece].clone());
                self.blanks(piece, right, old);
                let second = self.side(right, old, context, truth(right));
                return match (powershell, and) {
                    (false, _) => Shape::Other,
                    (true, true) => Shape::all(vec![first, second]),
                    (true, false) => Shape::any(vec![first, second]),
                };
            }
            _ => {
                let first = self.emit(left, old, context);
                self.out.push(old[piece].clone());
                self.blanks(piece, right, old);
                let second = self.emit(right, old, context);
                return binary.shape(first, second);
            }
        };
        self.out
            .push(Piece::text(format!("{}{name}(", runtime::PREFIX), at));
        let first = self.emit(left, old, context);
        self.out.push(Piece::text(",", at));
        self.blanks(piece, right, old);
        let second = self.emit(right, old, context);
        self.out.push(Piece::text(")", at));
        binary.shape(first, second)
    }

    fn emit_chain(
        &mut self,
        binary: Binary,
        parts: &[Tree],
        pieces: &[usize],
        old: &[Piece],
        context: Context,
    ) -> Shape {
        let (open, between, close) = match binary {
            Binary::Shell { and: true } => ("(", "&&", ")"),
            Binary::Shell { and: false } => ("(", "||", ")"),
            _ => ("[", ",", "]"),
        };
        let truth = binary != Binary::Comma;
        let mut shapes = Vec::with_capacity(parts.len());
        let first = pieces.first().map_or(0, |piece| place(&old[*piece]));
        self.out.push(Piece::text(open, first));
        for (i, part) in parts.iter().enumerate() {
            if let Some(piece) = i.checked_sub(1).and_then(|i| pieces.get(i)) {
                self.out.push(Piece::text(between, place(&old[*piece])));
                self.blanks(*piece, part, old);
            }
            // `a || b -and c` is `(a || b) && c`: `-and` is looser than `||`, the `&&` written for it isn't.
            let bare = matches!(
                part,
                Tree::Binary {
                    binary: Binary::Logical { .. },
                    ..
                }
            );
            if bare {
                self.out.push(Piece::text("(", first));
            }
            shapes.push(self.side(part, old, context, truth));
            if bare {
                self.out.push(Piece::text(")", first));
            }
        }
        self.out.push(Piece::text(close, first));
        match binary {
            Binary::Shell { and: true } => Shape::all(shapes),
            Binary::Shell { and: false } => Shape::any(shapes),
            _ => Shape::list(shapes),
        }
    }

    /// An operand that is asked for its truth, if it is to be and isn't plainly true or false already.
    fn side(&mut self, tree: &Tree, old: &[Piece], context: Context, truth: bool) -> Shape {
        if !truth || tree.is_boolean() {
            return self.emit(tree, old, context);
        }
        if let Tree::Leaf {
            shape: Shape::Command(index),
            ..
        } = tree
            && let Some(pipeline) = self.pipelines.get_mut(*index)
        {
            pipeline.condition = true;
        }
        let at = old.get(first_piece(tree)).map_or(self.position, place);
        self.out
            .push(Piece::text(format!("{}(", runtime::TRUTHY), at));
        let shape = self.emit(tree, old, context);
        self.out.push(Piece::text(")", at));
        shape
    }

    /// The blanks and comments between an operator and what follows it.
    fn blanks(&mut self, operator: usize, next: &Tree, old: &[Piece]) {
        let to = first_piece(next).max(operator + 1);
        self.out
            .extend_from_slice(&old[operator + 1..to.min(old.len()).max(operator + 1)]);
    }
}

fn first_piece(tree: &Tree) -> usize {
    match tree {
        Tree::Leaf { from, .. } => *from,
        Tree::Prefix { piece, .. } => *piece,
        Tree::Binary { left, .. } => first_piece(left),
        Tree::Chain { parts, .. } => parts.first().map_or(0, first_piece),
    }
}

fn place(piece: &Piece) -> usize {
    match piece {
        Piece::Copy { start, .. } => *start,
        Piece::Text { at, .. } | Piece::Shown { at, .. } => *at,
    }
}

/// An expression that needs no rewriting.
fn simple(terms: Vec<Term>) -> ExprResult {
    use TermKind::{Binary as Between, Operand, Prefix as Before};
    let mut kinds = terms.into_iter().map(|term| term.kind);
    let mut next = || kinds.next();
    let mut boolean = false;
    let shape = match (next(), next(), next(), next(), next()) {
        (Some(Operand(shape)), None, ..) => {
            boolean = matches!(shape, Shape::Literal(crate::value::Value::Bool(_)));
            shape
        }
        (Some(Before(Prefix::Minus)), Some(Operand(shape)), None, ..) => shape.negative(),
        (Some(Operand(left)), Some(Between(between)), Some(Operand(right)), None, _) => {
            boolean = between.is_boolean();
            between.shape(left, right)
        }
        (
            Some(Operand(left)),
            Some(Between(between)),
            Some(Before(Prefix::Minus)),
            Some(Operand(right)),
            None,
        ) => {
            boolean = between.is_boolean();
            between.shape(left, right.negative())
        }
        _ => Shape::Other,
    };
    ExprResult {
        shape,
        boolean,
        shell: false,
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::testing::becomes;

    #[test]
    fn l13_operators() {
        becomes(&[
            (
                "Get-User | Where-Object { -not $_.Enabled -or !($_.Department -in 'Sales','IT') -and $_.Count -gt -5 }",
                "({let _ps_it1=();__ps _ps_it1(0,( ((! _ps_b(_ps_it1.Enabled )|| !_ps_b((_ps_in(_ps_it1.Department , [\"Sales\",\"IT\"])) ))&& _ps_b(_ps_gt(_ps_it1.Count , -5))) ))})",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object { $_.Name -like 'a*' && $_.Licenses.len() > 1 }",
                "({let _ps_it1=();__ps _ps_it1(0,( _ps_b(_ps_like(_ps_it1.Name , \"a*\" ))&& _ps_it1.Licenses.len() > 1 ))})",
                &["Get-User | Where-Object {0}"],
            ),
            (
                "Get-User | Where-Object { 'E3' -in $_.Licenses }",
                "({let _ps_it1=();__ps _ps_it1(0,( _ps_in(\"E3\" , _ps_it1.Licenses) ))})",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object { $_.'Display Name' -eq \"x\" }",
                "({let _ps_it1=();__ps _ps_it1(0,( _ps_eq(_ps_it1[\"Display Name\"] , \"x\") ))})",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object { $_.A -eq $null -or $_.B -eq $true }",
                "({let _ps_it1=();__ps _ps_it1(0,( (_ps_b(_ps_eq(_ps_it1.A , () ))|| _ps_b(_ps_eq(_ps_it1.B , true))) ))})",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object { $_.A == \"x\" && !($_.B != -1) }",
                "({let _ps_it1=();__ps _ps_it1(0,( _ps_it1.A == \"x\" && !_ps_b((_ps_it1.B != -1)) ))})",
                &["Get-User | Where-Object {0 native}"],
            ),
            (
                "Get-User | Where-Object { $_.A == [1] || 1 == $_.A || $_.A == $u || $_.A == 1 + 1 }",
                "({let _ps_it1=();__ps _ps_it1(0,( _ps_it1.A == [1] || 1 == _ps_it1.A || _ps_it1.A == u || _ps_it1.A == _ps_add(1 , 1) ))})",
                &["Get-User | Where-Object {0}"],
            ),
            (
                "$u -replace 'a','b' -split ','",
                "_ps_show(_ps_split(_ps_replace(u , [\"a\",\"b\" ]), \",\"))",
                &[],
            ),
            ("if u.A -eq 5 { 1 }", "if _ps_b(_ps_eq(u.A , 5)) { 1 }", &[]),
        ]);
    }
}
