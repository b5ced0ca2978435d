//! Reads a filter: words, then what they mean; every refusal points at its word.

use uuid::Uuid;

use super::errors::{CLAUSES, bad, nothing_asked, refused, starts_name, too_many, unknown};
use super::expected::{Expected, literals};
use super::field::{self, Asks, FIELDS, Field, Kind, SYNCED};
use super::lexer::{Word, words};
use super::{Literal, Node, Relation};
use crate::diagnostic::{Diagnostic, Source, Span};
use crate::tenant::{Symbol, Tenant};
use crate::value;

const FUNCTIONS: [&str; 3] = ["startsWith", "endsWith", "assignedLicenses/any"];

/// What is asked whether somebody has a license at all.
const COUNT: &str = "assignedLicenses/$count";

/// How deep parentheses and `not` may nest.
const DEPTH: usize = 64;

pub(super) fn parse(text: &str, tenant: &Tenant) -> Result<Node, Diagnostic> {
    let source = Source::new("-Filter", text);
    let mut read = Vec::new();
    let node = words(text, &mut read).and_then(|()| Parser::new(text, read, tenant).whole());
    node.map_err(|fault| fault.in_source(&source))
}

pub(super) struct Parser<'a> {
    text: &'a str,
    words: Vec<(Word, Span)>,
    next: usize,
    depth: usize,
    tenant: &'a Tenant,
    /// Where a field stands that must stand alone.
    pub alone: Option<Span>,
    fields: usize,
    /// What was asked for where the words end.
    pub wanted: Vec<Expected>,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str, words: Vec<(Word, Span)>, tenant: &'a Tenant) -> Self {
        Self {
            text,
            words,
            next: 0,
            depth: 0,
            tenant,
            alone: None,
            fields: 0,
            wanted: Vec::new(),
        }
    }

    pub fn whole(&mut self) -> Result<Node, Diagnostic> {
        if self.words.is_empty() {
            return Err(bad("the filter is empty", self.end())
                .hint("such as accountEnabled eq false and assignedLicenses/$count ne 0"));
        }
        let node = self.either()?;
        if let Some((word, span)) = self.words.get(self.next) {
            let fault = bad("the filter should end here, or go on with and, or", *span);
            return Err(match word {
                Word::Sign(')') => bad("nothing is open that this would close", *span),
                Word::Plain(word) if matches!(word.as_str(), "&&" | "||") => {
                    fault.hint("write and, or")
                }
                Word::Plain(word) if word.starts_with('-') => {
                    fault.hint("Graph writes operators without a dash: and, or, not, eq")
                }
                _ => fault,
            });
        }
        match self.alone {
            Some(span) if self.fields > 1 => Err(bad(
                "Graph doesn't filter by signInActivity together with anything else",
                span,
            )
            .hint("use -InactiveDays 90 beside the filter, or a pipe to Where-Object")),
            _ => Ok(node),
        }
    }

    /// Where the filter ends.
    fn end(&self) -> Span {
        Span::new(self.text.len(), self.text.len())
    }

    fn here(&self) -> Span {
        self.words.get(self.next).map_or(self.end(), |own| own.1)
    }

    /// Notes what could stand here, if the words end here.
    fn want(&mut self, wanted: impl IntoIterator<Item = Expected>) {
        if self.next == self.words.len() {
            self.wanted.extend(wanted);
        }
    }

    /// Takes the word if it is this one, in any letter case.
    fn takes(&mut self, word: &str) -> bool {
        self.want([Expected::word(word)]);
        let is = matches!(self.words.get(self.next), Some((Word::Plain(own), _)) if own.eq_ignore_ascii_case(word));
        self.next += usize::from(is);
        is
    }

    fn takes_sign(&mut self, sign: char) -> bool {
        let is = matches!(self.words.get(self.next), Some((Word::Sign(own), _)) if *own == sign);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, sign: char) -> Result<(), Diagnostic> {
        let span = self.here();
        self.want([Expected::word(sign)]);
        match self.takes_sign(sign) {
            true => Ok(()),
            false => Err(bad(format!("a {sign} is missing here"), span)),
        }
    }

    pub fn either(&mut self) -> Result<Node, Diagnostic> {
        let start = self.here();
        let mut any = vec![self.both()?];
        while self.takes("or") {
            any.push(self.both()?);
        }
        if any.len() > CLAUSES {
            return Err(too_many(start));
        }
        Ok(match any.len() {
            1 => any.remove(0),
            _ => Node::Or(any),
        })
    }

    fn both(&mut self) -> Result<Node, Diagnostic> {
        let mut all = vec![self.one()?];
        while self.takes("and") {
            all.push(self.one()?);
        }
        Ok(match all.len() {
            1 => all.remove(0),
            _ => Node::And(all),
        })
    }

    fn one(&mut self) -> Result<Node, Diagnostic> {
        let span = self.here();
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(bad(format!("more than {DEPTH} levels are too deep"), span));
        }
        let node = if self.takes("not") {
            self.one().map(|inner| Node::Not(Box::new(inner)))
        } else if self.takes_sign('(') {
            let inner = self.either()?;
            self.expect(')')
                .map_err(|_| bad("this ( isn't closed", span))?;
            Ok(inner)
        } else {
            self.asked()
        }?;
        self.depth -= 1;
        Ok(node)
    }

    /// One question: a function, a relation, or one about licenses.
    fn asked(&mut self) -> Result<Node, Diagnostic> {
        let span = self.here();
        let first = self.fields == 0;
        let fields = FIELDS.iter().filter(|field| field.is_known(self.tenant));
        let fields = fields.map(|field| field.name);
        let fields = fields.filter(|name| first || !field::is_sign_in(name));
        self.want(fields.chain([COUNT]).map(Expected::word));
        self.want(FUNCTIONS.map(|name| Expected::word(format!("{name}("))));
        let name = match self.words.get(self.next) {
            Some((Word::Plain(name), _)) => name.clone(),
            Some(_) => return Err(bad("a property or a function is expected here", span)),
            None => return Err(bad("a property is missing at the end", span)),
        };
        self.next += 1;
        self.fields += 1;
        if self.takes_sign('(') {
            return self.function(&name, span);
        }
        if name.eq_ignore_ascii_case(COUNT) {
            return self.count();
        }
        let found = field::find(&name).or_else(|| field::extension(&name, self.tenant));
        let field = found.ok_or_else(|| unknown(&name, span))?;
        if !field.is_known(self.tenant) {
            return Err(
                bad(format!("no export of this tenant has {}", field.name), span).hint(format!(
                    "init from what Graph answers to /users?$select=…,{}",
                    field.name.split('/').next().unwrap_or_default()
                )),
            );
        }
        if field::is_sign_in(field.name) {
            self.alone = Some(span);
        }
        self.relation(field)
    }

    fn function(&mut self, name: &str, span: Span) -> Result<Node, Diagnostic> {
        let node: fn(&'static Field, String) -> Node = match name.to_ascii_lowercase().as_str() {
            "startswith" => Node::Starts,
            "endswith" => Node::Ends,
            "assignedlicenses/any" => return self.holds(),
            "contains" | "substringof" => {
                return Err(bad(format!("Graph doesn't filter users by {name}"), span).hint(
                    "use startsWith, Get-User -Search TEXT, or Where-Object { $_.DisplayName -like '*text*' }",
                ));
            }
            "not" => return Err(bad("not stands before what it turns", span)),
            _ => {
                return Err(bad(format!("there is no function {name}"), span)
                    .hint("startsWith, endsWith and assignedLicenses/any are there")
                    .did_you_mean(name, FUNCTIONS));
            }
        };
        let at = self.here();
        let those = FIELDS.iter().filter(|own| match starts_name(name) {
            true => own.asks.starts,
            false => own.asks.ends,
        });
        let those: Vec<_> = those.map(|own| own.name).collect();
        self.want(those.iter().map(Expected::word));
        let field = match self.words.get(self.next) {
            Some((Word::Plain(name), _)) => field::find(name).ok_or_else(|| unknown(name, at))?,
            _ => return Err(bad("a property is expected here", at)),
        };
        self.next += 1;
        if !those.contains(&field.name) {
            return Err(bad(
                format!("Graph doesn't answer {name} for {}", field.name),
                at,
            )
            .hint(format!("it does for {}", those.join(", "))));
        }
        self.expect(',')?;
        self.want([Expected::Text(field)]);
        let text = match self.words.get(self.next) {
            Some((Word::Quoted(text), _)) => text.to_lowercase(),
            _ => return Err(bad("a text in single quotes is expected here", self.here())),
        };
        self.next += 1;
        self.expect(')')?;
        Ok(node(field, text))
    }

    /// `assignedLicenses/any(x:x/skuId eq GUID)`, after the opening parenthesis; several joined by `or`.
    fn holds(&mut self) -> Result<Node, Diagnostic> {
        let span = self.here();
        let form = || {
            bad("licenses are asked for by their GUID", span)
                .hint("write assignedLicenses/any(x:x/skuId eq GUID)")
        };
        self.want([Expected::word("x:x/skuId")]);
        let Some((Word::Plain(variable), _)) = self.words.get(self.next).cloned() else {
            return Err(form().hint(
                "whether there are any: assignedLicenses/$count ne 0; one: assignedLicenses/any(x:x/skuId eq GUID)",
            ));
        };
        self.next += 1;
        if !self.takes_sign(':') {
            return Err(form());
        }
        let mut any = Vec::new();
        loop {
            let at = self.here();
            if !self.takes(&format!("{variable}/skuId")) {
                return Err(bad(format!("{variable}/skuId is expected here"), at).hint(
                    "a license is asked for its product: assignedLicenses/any(x:x/skuId eq GUID)",
                ));
            }
            if !self.takes("eq") {
                return Err(bad("only eq asks for a product", self.here())
                    .hint("write not before assignedLicenses/any(…) for those who don't hold it"));
            }
            any.push(Node::Holds(self.product()?));
            if !self.takes("or") {
                break;
            }
        }
        self.expect(')')?;
        Ok(Node::Or(any))
    }

    /// A product of the tenant by its GUID.
    fn product(&mut self) -> Result<Symbol, Diagnostic> {
        let span = self.here();
        self.want([Expected::Product]);
        let text = match self.words.get(self.next) {
            Some((Word::Plain(text) | Word::Quoted(text), _)) => text.clone(),
            _ => return Err(bad("a GUID is expected here", span)),
        };
        self.next += 1;
        if Uuid::try_parse(&text).is_err() {
            let fault = bad(
                format!("{text} is no GUID, and Graph takes nothing else"),
                span,
            );
            return Err(match self.tenant.find_product(&text) {
                Ok(product) => {
                    fault.hint(format!("{text} is {}; or use -Sku {text}", product.sku_id))
                }
                Err(_) => {
                    fault.hint("Get-Subscription | Select-Object SkuPartNumber, SkuId tells it")
                }
            });
        }
        match self.tenant.find_product(&text) {
            Ok(product) => Ok(product.sku.clone()),
            Err(fault) => Err(fault.at(span)),
        }
    }

    /// `assignedLicenses/$count`, of which Graph only tells whether it is 0.
    fn count(&mut self) -> Result<Node, Diagnostic> {
        let span = self.here();
        let licensed = if self.takes("eq") {
            false
        } else if self.takes("ne") {
            true
        } else {
            return Err(bad("Graph only compares this count by eq 0 and ne 0", span)
                .hint("for others: Where-Object { $_.Licenses.Count -gt 1 }"));
        };
        let at = self.here();
        match self.takes("0") {
            true => Ok(Node::Licensed(licensed)),
            false => Err(bad("Graph only compares this count with 0", at)
                .hint("for others: Where-Object { $_.Licenses.Count -gt 1 }")),
        }
    }

    fn relation(&mut self, field: &'static Field) -> Result<Node, Diagnostic> {
        let span = self.here();
        let Asks { order, list, .. } = field.asks;
        let relation = if self.takes("eq") {
            Relation::Eq
        } else if self.takes("ne") {
            Relation::Ne
        } else if order && self.takes("ge") {
            Relation::Ge
        } else if order && self.takes("le") {
            Relation::Le
        } else if list && self.takes("in") {
            return self.list(field);
        } else {
            return Err(match self.words.get(self.next) {
                Some((Word::Plain(word), _)) => refused(field, &word.to_ascii_lowercase(), span),
                _ => nothing_asked(field, span),
            });
        };
        let at = self.here();
        let literal = self.literal(field)?;
        if field.name == SYNCED && literal == Literal::Bool(false) {
            return Err(bad(
                "Graph has null for who was never synchronised, so that false finds nobody",
                at,
            )
            .hint("write onPremisesSyncEnabled ne true"));
        }
        // Whoever isn't synchronised has null in Graph, where the tenant has false.
        Ok(match (field.kind, literal) {
            (Kind::Bool, Literal::Null) if field.name == SYNCED => Node::Compare {
                field,
                relation,
                literal: Literal::Bool(false),
            },
            (_, literal) => Node::Compare {
                field,
                relation,
                literal,
            },
        })
    }

    fn list(&mut self, field: &'static Field) -> Result<Node, Diagnostic> {
        let start = self.here();
        if self.expect('(').is_err() {
            return Err(bad("a list in parentheses is expected here", start)
                .hint(format!("write {} in ('A', 'B')", field.name)));
        }
        let mut literals = vec![self.literal(field)?];
        while self.expect(',').is_ok() {
            literals.push(self.literal(field)?);
        }
        self.expect(')')?;
        match literals.len() > CLAUSES {
            true => Err(too_many(start)),
            false => Ok(Node::In { field, literals }),
        }
    }

    /// A value of the field's type.
    fn literal(&mut self, field: &'static Field) -> Result<Literal, Diagnostic> {
        let span = self.here();
        self.want(literals(field));
        let word = self.words.get(self.next).map(|(word, _)| word.clone());
        self.next += 1;
        let literal = match (&word, field.kind) {
            (None, _) => return Err(bad("a value is missing at the end", span)),
            (Some(Word::Plain(word)), _) if word.eq_ignore_ascii_case("null") => {
                Some(Literal::Null)
            }
            (Some(Word::Quoted(text)), Kind::Text) => Some(Literal::Text(text.to_lowercase())),
            (Some(Word::Plain(word)), Kind::Bool) => match word.to_ascii_lowercase().as_str() {
                "true" => Some(Literal::Bool(true)),
                "false" => Some(Literal::Bool(false)),
                _ => None,
            },
            (Some(Word::Plain(word)), Kind::Time) => value::time(word).map(Literal::Time),
            (Some(Word::Plain(text) | Word::Quoted(text)), Kind::Id) => {
                Uuid::try_parse(text).ok().map(Literal::Id)
            }
            _ => None,
        };
        literal.ok_or_else(|| {
            let fault = |wanted| bad(format!("{} takes {wanted}", field.name), span);
            match (field.kind, word) {
                (Kind::Bool, _) => fault("true or false").hint("without quotes"),
                (Kind::Text, Some(Word::Plain(word))) => {
                    fault("a text in single quotes").hint(format!(
                    "write '{word}', which is ''{word}'' in a filter that stands in single quotes itself"
                ))
                }
                (Kind::Text, _) => fault("a text in single quotes"),
                (Kind::Time, _) => {
                    fault("a time without quotes").hint("such as 2026-08-26T00:00:00Z")
                }
                (Kind::Id, _) => fault("a GUID"),
            }
        })
    }
}
