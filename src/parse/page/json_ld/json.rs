//! The JSON of a fence as a tree, with the place of each value.
//!
//! Damage is told with line and column. A token that is plainly meant is read as it is meant;
//! at any other damage the rest of the fence is given up, and what stands before it is kept.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write;

use json_event_parser::{JsonEvent, LowLevelJsonParser};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::strings::{mended, string_end};
use crate::parse::findings::{Findings, Quoted};

/// Levels that the JSON of a fence may nest. Everything that walks a tree is bounded by it.
pub(super) const LARGEST_DEPTH: usize = 256;

/// The largest fence that is read. Pages are limited too, but by a setting.
const LARGEST_BYTES: usize = 8 << 20;

/// Objects with more members look for repeated keys in a set.
const FEW_MEMBERS: usize = 16;

/// Numbers that JSON does not have and that programs write into it.
const NOT_NUMBERS: [&str; 4] = ["NaN", "Infinity", "-Infinity", "-NaN"];

/// Marks of a merge at the start of a line.
const MERGE_MARKS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Findings of one fence that are told with their columns. A page keeps no more of them, and to
/// count the columns of a million in one line would take hours.
const MOST_FINDINGS: usize = 100;

/// Keywords that say of a node what and where it is.
const NODE_KEYWORDS: [&str; 5] = ["@context", "@graph", "@id", "@included", "@type"];

/// A value and the byte of the fence's text that it begins at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'a> {
    pub(super) at: u32,
    pub(super) value: Value<'a>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Null,
    Boolean(bool),
    /// As written.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// In the order written; a key may stand there twice.
    Object(Vec<Member<'a>>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) value: Node<'a>,
}

impl<'a> Node<'a> {
    /// The members of an object; none of anything else.
    pub(super) fn members(&self) -> &[Member<'a>] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The members that state something: neither null nor a keyword that says what the node is.
    pub(super) fn stated(&self) -> impl Iterator<Item = &Member<'a>> {
        let is_keyword = |key: &str| NODE_KEYWORDS.contains(&key);
        let states = move |it: &&Member<'a>| !is_keyword(&it.key) && it.value.value != Value::Null;
        self.members().iter().filter(states)
    }

    /// The first value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.members().iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The text that it is.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The values of a list, or the value itself.
    pub(super) fn each(&self) -> &[Node<'a>] {
        match &self.value {
            Value::List(list) => list,
            _ => std::slice::from_ref(self),
        }
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Boolean(value) => serializer.serialize_bool(*value),
            // As written: no digit is lost.
            Value::Number(number) => match RawValue::from_string(number.clone().into_owned()) {
                Ok(number) => number.serialize(serializer),
                Err(_) => serializer.serialize_str(number),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(list) => serializer.collect_seq(list),
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for Member { key, value } in members {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

/// The text of a fence, with the lines of its bytes.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// The line of its first byte.
    first_line: u32,
    /// Where each further line begins.
    starts: Vec<u32>,
}

impl<'a> Source<'a> {
    /// A text whose first line has this number in its page.
    pub(super) fn new(text: &'a str, first_line: u32) -> Self {
        let ends = super::super::lines::ranges(text.as_bytes());
        let starts = ends.skip(1).map(|range| range.start as u32).collect();
        Self { text, first_line, starts }
    }

    /// The line of a byte, in the page.
    pub(super) fn line(&self, at: u32) -> u32 {
        self.first_line + self.starts.partition_point(|start| *start <= at) as u32
    }

    /// The column of a byte in characters, from 1.
    fn column(&self, at: u32) -> usize {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).map_or(0, |line| self.starts[line]);
        self.text[start as usize..at as usize].chars().count() + 1
    }
}

/// What a fence holds.
pub(super) struct Read<'a> {
    /// Its value; nothing if none begins in it.
    pub(super) root: Option<Node<'a>>,
    /// Whether all of it was read.
    pub(super) is_whole: bool,
}

/// Reads a fence.
pub(super) fn read<'a>(source: &Source<'a>, findings: &mut Findings) -> Read<'a> {
    if source.text.len() > LARGEST_BYTES {
        let message = format!(
            "the fence has {} bytes, larger than the limit of {LARGEST_BYTES} bytes; it is not read",
            source.text.len()
        );
        findings.error("fence_too_large", source.first_line, message);
        return Read { root: None, is_whole: false };
    }
    let parser = LowLevelJsonParser::new().with_max_stack_size(LARGEST_DEPTH - 1);
    let mut reading = Reading {
        source,
        parser,
        at: 0,
        tree: Tree::default(),
        findings,
        found: 0,
        awaits_comma: false,
    };
    let is_whole = reading.run();
    Read { root: reading.tree.finish(), is_whole }
}

/// A fence that is being read.
struct Reading<'r, 'a> {
    source: &'r Source<'a>,
    parser: LowLevelJsonParser,
    /// How far it is read.
    at: usize,
    tree: Tree<'a>,
    findings: &'r mut Findings,
    /// How many there were.
    found: usize,
    /// Whether a value has ended and no comma has followed.
    awaits_comma: bool,
}

impl<'a> Reading<'_, 'a> {
    /// Reads up to the end, or to what cannot be read: then false.
    fn run(&mut self) -> bool {
        if self.source.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
            self.repaired(0, "a byte order mark is left out");
        }
        loop {
            let text = self.source.text;
            let start = token_start(text, self.at);
            let step = self.parser.parse_next(&text.as_bytes()[self.at..], true);
            let consumed = step.consumed_bytes;
            match step.event {
                Some(Ok(JsonEvent::Eof)) => return true,
                Some(Ok(event)) => {
                    self.at += consumed;
                    self.take(event, start);
                }
                Some(Err(error)) => {
                    let message = error.message().to_owned();
                    self.awaits_comma &= !text[self.at..start].contains(',');
                    self.at += consumed;
                    if !self.repair(start) {
                        self.give_up(start, &message);
                        return false;
                    }
                }
                None => return false,
            }
        }
    }

    fn take(&mut self, event: JsonEvent<'a>, start: usize) {
        let begins = matches!(
            event,
            JsonEvent::ObjectKey(_) | JsonEvent::StartObject | JsonEvent::StartArray
        );
        self.awaits_comma = !begins;
        if let Some(key) = self.tree.take(event, start as u32) {
            self.warn("repeated_key", start, |f| {
                write!(f, "{} has a value already; of single texts the first counts", Quoted(&key))
            });
        }
    }

    /// Tells of something at a byte, with its column.
    fn warn(
        &mut self,
        code: &'static str,
        at: usize,
        what: impl FnOnce(&mut String) -> std::fmt::Result,
    ) {
        let line = self.source.line(at as u32);
        self.found += 1;
        let mut message = String::new();
        if self.found <= MOST_FINDINGS {
            message = format!("column {}: ", self.source.column(at as u32));
            // Writing to a text never fails.
            let _ = what(&mut message);
        }
        self.findings.warn(code, line, message);
    }

    /// Reads the broken token at `start` as it is meant; false if that is not plain.
    fn repair(&mut self, start: usize) -> bool {
        let rest = &self.source.text[start..];
        match rest.as_bytes().first() {
            Some(b'}' | b']') => {
                let before = self.source.text[..start].trim_end();
                // The parser gives the end of the object or the list next.
                let is_trailing = before.ends_with(',');
                if is_trailing {
                    self.repaired(before.len() - 1, "a comma before the end is left out");
                }
                is_trailing
            }
            Some(b'"') => self.read_mended(start),
            _ => self.skip_merge_mark(start) || self.read_no_number(start),
        }
    }

    fn read_mended(&mut self, start: usize) -> bool {
        let rest = &self.source.text[start..];
        let Some(token) = string_end(rest).map(|length| &rest[..length]) else { return false };
        let mended = mended(token);
        // A string with nothing to mend stands where none may stand.
        let is_fed = mended != token && self.feed(&mended, start, token.len());
        if is_fed {
            self.repaired(start, "a text has characters or escapes that JSON does not allow");
        }
        is_fed
    }

    fn read_no_number(&mut self, start: usize) -> bool {
        let rest = &self.source.text[start..];
        let Some(word) = NOT_NUMBERS.into_iter().find(|word| rest.starts_with(word)) else {
            return false;
        };
        let is_fed = self.feed("null", start, word.len());
        if is_fed {
            self.repaired(start, &format!("{word} is not a number of JSON; it is read as null"));
        }
        is_fed
    }

    fn skip_merge_mark(&mut self, start: usize) -> bool {
        let text = self.source.text;
        let rest = &text[start..];
        let begins_line = text[..start].ends_with(['\n', '\r']) || start == 0;
        let is_mark = begins_line && MERGE_MARKS.iter().any(|mark| rest.starts_with(mark));
        if is_mark {
            // The outline of the page tells of it: both sides are read there too.
            self.at = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
            if rest.starts_with(['=', '|']) && self.awaits_comma {
                // The last member of either side has no comma behind it. This is not the end of
                // the text, so the parser waits for what follows.
                self.parser.parse_next(b",", false);
                self.awaits_comma = false;
            }
        }
        is_mark
    }

    /// Gives the parser another token in place of the one of `length` bytes at `start`.
    fn feed(&mut self, token: &str, start: usize, length: usize) -> bool {
        self.at = start + length;
        // What ends early has told the parser of an end, which is taken back first.
        for _ in 0..2 {
            match self.parser.parse_next(token.as_bytes(), true).event {
                Some(Ok(JsonEvent::Eof)) => {}
                Some(Ok(event)) => {
                    self.take(owned(event), start);
                    return true;
                }
                _ => return false,
            }
        }
        false
    }

    fn repaired(&mut self, at: usize, what: &str) {
        self.warn("json_repaired", at, |f| f.write_str(what));
    }

    fn give_up(&mut self, at: usize, reason: &str) {
        if self.tree.open.len() >= LARGEST_DEPTH {
            let message = format!(
                "the JSON nests deeper than the limit of {LARGEST_DEPTH} levels; \
                 the rest of the fence is not read"
            );
            return self.findings.error("nested_too_deep", self.source.line(at as u32), message);
        }
        let (line, column) = (self.source.line(at as u32), self.source.column(at as u32));
        let message = format!("column {column}: {reason}; the rest of the fence is not read");
        self.findings.error("bad_json", line, message);
    }
}

/// Where the next token begins.
fn token_start(text: &str, at: usize) -> usize {
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':');
    at + text.as_bytes()[at..].iter().take_while(|byte| is_between(byte)).count()
}

fn owned(event: JsonEvent<'_>) -> JsonEvent<'static> {
    match event {
        JsonEvent::String(text) => JsonEvent::String(Cow::Owned(text.into_owned())),
        JsonEvent::ObjectKey(key) => JsonEvent::ObjectKey(Cow::Owned(key.into_owned())),
        // Nothing else stands in place of a broken token.
        _ => JsonEvent::Null,
    }
}

/// A tree that is being built.
#[derive(Default)]
struct Tree<'a> {
    root: Option<Node<'a>>,
    open: Vec<Open<'a>>,
}

/// A list or an object that has not ended.
struct Open<'a> {
    node: Node<'a>,
    /// The key whose value is awaited.
    key: Option<Cow<'a, str>>,
    /// All keys, where they are many.
    keys: HashSet<Cow<'a, str>>,
}

impl<'a> Tree<'a> {
    /// Takes what was read at `at`; gives the key of an object that has it already.
    fn take(&mut self, event: JsonEvent<'a>, at: u32) -> Option<Cow<'a, str>> {
        let value = match event {
            JsonEvent::StartObject => return self.open(at, Value::Object(Vec::new())),
            JsonEvent::StartArray => return self.open(at, Value::List(Vec::new())),
            JsonEvent::ObjectKey(key) => return self.open.last_mut()?.await_value_of(key),
            JsonEvent::EndObject | JsonEvent::EndArray => {
                self.close();
                return None;
            }
            JsonEvent::String(text) => Value::Text(text),
            JsonEvent::Number(number) => Value::Number(number),
            JsonEvent::Boolean(value) => Value::Boolean(value),
            JsonEvent::Null | JsonEvent::Eof => Value::Null,
        };
        self.add(Node { at, value });
        None
    }

    fn open(&mut self, at: u32, value: Value<'a>) -> Option<Cow<'a, str>> {
        self.open.push(Open { node: Node { at, value }, key: None, keys: HashSet::new() });
        None
    }

    fn close(&mut self) {
        if let Some(Open { node, .. }) = self.open.pop() {
            self.add(node);
        }
    }

    fn add(&mut self, node: Node<'a>) {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut open.node.value {
            Value::List(list) => list.push(node),
            Value::Object(members) => {
                members.extend(open.key.take().map(|key| Member { key, value: node }));
            }
            _ => {}
        }
    }

    /// The tree; what has not ended ends here.
    fn finish(mut self) -> Option<Node<'a>> {
        while !self.open.is_empty() {
            self.close();
        }
        self.root
    }
}

impl<'a> Open<'a> {
    /// The next value is that of `key`; gives it back if the object has it already.
    fn await_value_of(&mut self, key: Cow<'a, str>) -> Option<Cow<'a, str>> {
        let members = self.node.members();
        let is_repeated = if members.len() < FEW_MEMBERS {
            members.iter().any(|member| member.key == key)
        } else {
            if self.keys.is_empty() {
                self.keys = members.iter().map(|member| member.key.clone()).collect();
            }
            !self.keys.insert(key.clone())
        };
        self.key = Some(key);
        self.key.clone().filter(|_| is_repeated)
    }
}
