//! Functional syntax and its s-expressions, one form at a time.
//!
//! A form that cannot be read costs only itself: reading goes on behind it, or at the next word
//! that can only begin an axiom.

use super::form::{Form, LARGEST_DEPTH, Literal, check};
use super::grammar::{Category, Construct, construct};
use super::prefixes::Prefixes;
use super::statement::Statements;
use super::tokens::{Kind, Token, Tokens};

const XSD_INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";

/// What comes next in a text.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// A form that fits the grammar.
    Form { construct: &'static Construct, arguments: Vec<Form>, line: u32 },
    /// A prefix of the document: its name and its namespace.
    Prefix { name: String, namespace: String },
    /// The head of a document: its IRI and that of its version.
    Ontology { iri: Option<String>, version_iri: Option<String> },
    /// Something that could not be read.
    Broken(Broken),
}

/// Why a form could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) line: u32,
    /// In characters from 1, on that line.
    pub(super) column: u32,
    pub(super) reason: String,
}

/// Reads the forms of a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    tokens: Tokens<'a>,
    /// Tokens that were read ahead.
    ahead: Vec<Token<'a>>,
    /// Inside `Ontology(`.
    in_ontology: bool,
    /// The form at hand.
    form: Vec<Token<'a>>,
}

/// Why reading a form ended: at which token, and for what reason.
type Flaw = (usize, String);

impl<'a> Reader<'a> {
    /// Reads `text`, whose first line has this number.
    pub(super) fn new(text: &'a str, first_line: u32) -> Self {
        let tokens = Tokens::new(text, first_line);
        Self { text, tokens, ahead: Vec::new(), in_ontology: false, form: Vec::new() }
    }

    /// The next form; `None` at the end.
    pub(super) fn next(
        &mut self,
        prefixes: &mut Prefixes<'_>,
        statements: &mut Statements<'_>,
    ) -> Option<Step> {
        loop {
            let token = self.token()?;
            match token.kind {
                Kind::Close if self.in_ontology => self.in_ontology = false,
                Kind::Open => {
                    let first = self.token();
                    let construct = first.and_then(|it| word_construct(&it));
                    self.ahead.extend(first);
                    return Some(self.form(token, construct, prefixes, statements));
                }
                Kind::Word(word) => {
                    let next = self.token();
                    let opens = next.is_some_and(|it| it.kind == Kind::Open);
                    let construct = construct(word).filter(|_| opens);
                    match construct.map(|it| it.word) {
                        Some("Ontology") => {
                            self.in_ontology = true;
                            return Some(self.ontology(prefixes, statements));
                        }
                        Some("Prefix") => return Some(self.prefix(token)),
                        _ if opens => {
                            self.ahead.extend(next);
                            return Some(self.form(token, construct, prefixes, statements));
                        }
                        _ => {
                            self.ahead.extend(next);
                            return Some(self.stray(token));
                        }
                    }
                }
                _ => return Some(self.stray(token)),
            }
        }
    }

    fn token(&mut self) -> Option<Token<'a>> {
        self.ahead.pop().or_else(|| self.tokens.next())
    }

    /// What stands where a form should; with all that follows it up to one.
    fn stray(&mut self, first: Token<'a>) -> Step {
        while let Some(token) = self.token() {
            let starts = match token.kind {
                Kind::Open | Kind::Close => true,
                Kind::Word(word) => construct(word).is_some_and(Construct::stands_alone),
                _ => false,
            };
            if starts {
                self.ahead.push(token);
                break;
            }
        }
        let reason = match first.kind {
            Kind::Close => "a closing parenthesis that nothing opened".to_owned(),
            _ => format!("{} is no axiom", first.kind.shown()),
        };
        Step::Broken(self.broken(first, reason))
    }

    /// Collects the tokens of a form up to its end, then reads them.
    fn form(
        &mut self,
        first: Token<'a>,
        construct: Option<&'static Construct>,
        prefixes: &mut Prefixes<'_>,
        statements: &mut Statements<'_>,
    ) -> Step {
        self.form.clear();
        self.form.push(first);
        let is_call = first.kind != Kind::Open;
        if !is_call {
            let word = self.token();
            self.form.extend(word);
        }
        let (mut depth, mut deepest) = (usize::from(!is_call), 0);
        loop {
            let Some(token) = self.token() else {
                return Step::Broken(self.broken(first, "not closed before the end".to_owned()));
            };
            if self.begins_axiom(&token) {
                self.ahead.push(token);
                let reason = format!("not closed before the next axiom, on line {}", token.line);
                return Step::Broken(self.broken(first, reason));
            }
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                _ => {}
            }
            deepest = deepest.max(depth);
            self.form.push(token);
            if depth == 0 {
                break;
            }
        }
        if deepest > LARGEST_DEPTH {
            let reason = format!("nested deeper than {LARGEST_DEPTH} levels");
            return Step::Broken(self.broken(first, reason));
        }
        match construct {
            Some(construct) if construct.is_statement() => {
                self.statement(first, prefixes, statements)
            }
            Some(construct) => {
                let reason = format!("{} says nothing by itself", construct.word);
                Step::Broken(self.broken(first, reason))
            }
            None => {
                let named = if is_call { first } else { *self.form.get(1).unwrap_or(&first) };
                let reason = format!("{} is no axiom of OWL 2", named.kind.shown());
                Step::Broken(self.broken(named, reason))
            }
        }
    }

    /// Whether a token within a form can only be the first word of the next one: the name of
    /// an axiom with its parenthesis before or behind.
    fn begins_axiom(&mut self, token: &Token<'a>) -> bool {
        match token.kind {
            Kind::Word(word) if construct(word).is_some_and(Construct::stands_alone) => {
                let next = self.token();
                self.ahead.extend(next);
                // In an s-expression its own parenthesis has been taken: that form is lost too.
                next.is_some_and(|next| next.kind == Kind::Open)
            }
            Kind::Open => {
                let next = self.token();
                self.ahead.extend(next);
                let word = next.and_then(|next| word_construct(&next));
                word.is_some_and(Construct::stands_alone)
            }
            _ => false,
        }
    }

    fn statement(
        &self,
        first: Token<'a>,
        prefixes: &mut Prefixes<'_>,
        statements: &mut Statements<'_>,
    ) -> Step {
        let mut parse = Parse { tokens: &self.form, at: 0, prefixes, statements };
        match parse.form() {
            Ok(Form::Call(construct, arguments)) => {
                Step::Form { construct, arguments, line: first.line }
            }
            Ok(_) => Step::Broken(self.broken(first, "no axiom".to_owned())),
            Err((at, reason)) => {
                let token = self.form.get(at).copied().unwrap_or(first);
                Step::Broken(self.broken(token, reason))
            }
        }
    }

    /// Reads `:=<namespace>)` behind `Prefix(`.
    fn prefix(&mut self, first: Token<'a>) -> Step {
        let mut tokens = Vec::with_capacity(4);
        while tokens.len() < 4 {
            match self.token() {
                Some(token) => tokens.push(token),
                None => break,
            }
            if tokens.last().is_some_and(|token| token.kind == Kind::Close) {
                break;
            }
        }
        let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
        match kinds.as_slice() {
            [Kind::Word(name), Kind::Equals, Kind::Iri(namespace), Kind::Close] => Step::Prefix {
                name: name.trim_end_matches(':').to_owned(),
                namespace: (*namespace).to_owned(),
            },
            _ => {
                let reason = "expected Prefix(name:=<namespace>)".to_owned();
                Step::Broken(self.broken(first, reason))
            }
        }
    }

    /// Reads the IRIs behind `Ontology(`.
    fn ontology(&mut self, prefixes: &mut Prefixes<'_>, statements: &mut Statements<'_>) -> Step {
        let mut iris = Vec::new();
        while let Some(token) = self.token() {
            let is_iri = match token.kind {
                Kind::Iri(_) => true,
                Kind::Word(word) => word.contains(':'),
                _ => false,
            };
            if !is_iri || iris.len() == 2 {
                self.ahead.push(token);
                break;
            }
            let id = prefixes.entity(&token, statements);
            iris.push(statements.entities.iri(id).expanded.clone());
        }
        let mut iris = iris.into_iter();
        Step::Ontology { iri: iris.next(), version_iri: iris.next() }
    }

    fn broken(&self, token: Token<'a>, reason: String) -> Broken {
        let before = &self.text[..token.start];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before[start..].chars().count() as u32 + 1;
        Broken { line: token.line, column, reason }
    }
}

fn word_construct(token: &Token<'_>) -> Option<&'static Construct> {
    match token.kind {
        Kind::Word(word) => construct(word),
        _ => None,
    }
}

/// Reads the tokens of one form. Its depth was measured, so recursion is bounded.
struct Parse<'t, 'a, 'p, 's> {
    tokens: &'t [Token<'a>],
    at: usize,
    prefixes: &'t mut Prefixes<'p>,
    statements: &'t mut Statements<'s>,
}

impl<'a> Parse<'_, 'a, '_, '_> {
    fn peek(&self, ahead: usize) -> Option<Kind<'a>> {
        self.tokens.get(self.at + ahead).map(|token| token.kind)
    }

    fn form(&mut self) -> Result<Form, Flaw> {
        let at = self.at;
        let token = self.tokens.get(at).copied();
        let Some(token) = token else { return Err((at, "ends too early".to_owned())) };
        self.at += 1;
        match token.kind {
            // In an s-expression a name may stand before a parenthesis that is not its own.
            Kind::Word(word) if self.peek(0) == Some(Kind::Open) && !word.contains(':') => {
                self.at += 1;
                match construct(word) {
                    Some(construct) => self.call(construct, at),
                    None => Err((at, format!("{} is no construct of OWL 2", token.kind.shown()))),
                }
            }
            Kind::Open => match (self.peek(0), self.peek(1)) {
                (Some(Kind::Word(word)), next) if next != Some(Kind::Open) => {
                    match construct(word) {
                        Some(construct) => {
                            self.at += 1;
                            self.call(construct, at)
                        }
                        None => self.list(),
                    }
                }
                // An s-expression whose first argument is one; a list begins so with an inverse.
                (Some(Kind::Word(word)), _) => match construct(word) {
                    Some(construct) if construct.category != Category::ObjectPropertyExpression => {
                        self.at += 1;
                        self.call(construct, at)
                    }
                    _ => self.list(),
                },
                _ => self.list(),
            },
            Kind::Word(word) => self.word(word, &token),
            Kind::Iri(_) => Ok(Form::Entity(self.prefixes.entity(&token, self.statements))),
            Kind::Quoted(quoted) => self.literal(quoted, token.line),
            _ => Err((at, format!("{} is out of place", token.kind.shown()))),
        }
    }

    fn arguments(&mut self) -> Result<Vec<Form>, Flaw> {
        let mut arguments = Vec::new();
        loop {
            match self.peek(0) {
                Some(Kind::Close) => {
                    self.at += 1;
                    return Ok(arguments);
                }
                None => return Err((self.at, "not closed".to_owned())),
                Some(_) => arguments.push(self.form()?),
            }
        }
    }

    fn call(&mut self, construct: &'static Construct, at: usize) -> Result<Form, Flaw> {
        let mut arguments = self.arguments()?;
        check(construct, &arguments).map_err(|reason| (at, reason))?;
        if !construct.word.ends_with("Cardinality") {
            // A number that stands where a literal should.
            for argument in &mut arguments {
                if let Form::Number(number) = argument {
                    let datatype = Some(self.statements.id(XSD_INTEGER));
                    let value = number.to_string().into();
                    *argument = Form::Literal(Literal { value, language: None, datatype });
                }
            }
        }
        Ok(Form::Call(construct, arguments))
    }

    fn list(&mut self) -> Result<Form, Flaw> {
        self.arguments().map(Form::List)
    }

    fn word(&mut self, word: &str, token: &Token<'_>) -> Result<Form, Flaw> {
        if let Some(name) = word.strip_prefix("_:") {
            self.prefixes.unsound.node(name, token.line);
            return Ok(Form::Anonymous(name.into()));
        }
        if let Ok(number) = word.parse() {
            return Ok(Form::Number(number));
        }
        // A literal without quotes, as people write numbers.
        if let Some((value, datatype)) = word.split_once("^^") {
            let datatype = Token { kind: Kind::Word(datatype), ..*token };
            let datatype = Some(self.prefixes.entity(&datatype, self.statements));
            let literal = Literal { value: value.into(), language: None, datatype };
            return Ok(Form::Literal(literal.normal(&self.statements.entities)));
        }
        Ok(Form::Entity(self.prefixes.entity(token, self.statements)))
    }

    fn literal(&mut self, quoted: &str, line: u32) -> Result<Form, Flaw> {
        let value = unescaped(quoted);
        let (language, datatype) = match self.peek(0) {
            Some(Kind::Language(language)) => {
                self.at += 1;
                self.prefixes.unsound.language(language, line);
                (Some(language.to_ascii_lowercase().into()), None)
            }
            Some(Kind::Carets) => {
                self.at += 1;
                let at = self.at;
                match self.form()? {
                    Form::Entity(datatype) => (None, Some(datatype)),
                    _ => return Err((at, "expected the IRI of a datatype".to_owned())),
                }
            }
            _ => (None, None),
        };
        let literal = Literal { value: value.into(), language, datatype };
        Ok(Form::Literal(literal.normal(&self.statements.entities)))
    }
}

/// Text without the backslashes before `"` and `\`. Others stay: they are nothing special.
fn unescaped(quoted: &str) -> String {
    let mut out = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if !after.starts_with(['"', '\\']) {
            out.push('\\');
        }
        let taken = after.chars().next().map_or(0, char::len_utf8);
        out.push_str(&after[..taken]);
        rest = &after[taken..];
    }
    out.push_str(rest);
    out
}
