//! The rows of an old database in the order of the items that they become.
//!
//! SQLite sorts them, in a temporary table that holds of each row its number, its item and what
//! it refers to. So neither rows nor keys are held in memory, however many there are.
//!
//! An item is a file, with all that came from it. What came from none is an item by itself:
//! `class/<iri>`, `property/<iri>`, `node/<id>`; axioms belong to what they are about, or are
//! `axiom/<id>`. Where one key stands for rows of several ontologies, all but those of the first
//! are `ontology/<name>/<key>`.

use rusqlite::{Connection, params};

use super::LegacyError;
use super::catalog::quoted;
use super::layout::{Layout, Part, Role, Sheet};
use crate::iri;

/// What this row is about is in the old database.
pub(super) const OWN_IS_KNOWN: i64 = 1;
/// What it refers to is.
pub(super) const OTHER_IS_KNOWN: i64 = 2;
/// An axiom states its parent too.
pub(super) const IS_STATED: i64 = 4;
/// Another row before it says what it is.
pub(super) const IS_REPEATED: i64 = 8;

/// What keys begin with that are no paths. A path that begins so stands behind `file/`.
pub(super) const HEADS: [&str; 6] =
    ["class/", "property/", "axiom/", "node/", "ontology/", "file/"];

/// `own` is what the row is about, `other` what it refers to: IRIs, or names of nodes.
const TABLES: &str = "
    create table temp.entry (
        key text not null, ontology text not null, part integer not null, row integer not null,
        own text not null, other text, flags integer not null);
    create table temp.class (
        row integer primary key, ontology text, iri text, id text, key text);
    create table temp.property (row integer primary key, ontology text, iri text, key text);
    create table temp.node (row integer primary key, ontology text, id text, name text, key text);
    create table temp.subclass (ontology text, subject text, object text);";

const INDEXES: &str = "
    create index temp.class_by_iri on class (iri, ontology);
    create index temp.class_by_id on class (id);
    create index temp.class_by_key on class (key, ontology);
    create index temp.property_by_iri on property (iri, ontology);
    create index temp.node_by_id on node (id);
    create index temp.node_by_key on node (key, row);
    create index temp.subclass_by_subject on subclass (subject, object);";

/// Puts the rows of an old database in order.
pub(super) fn index(
    connection: &Connection,
    layout: &Layout,
    ontology: &str,
) -> Result<(), LegacyError> {
    connection.execute_batch(TABLES)?;
    for sheet in layout.sheets.iter().filter(|sheet| sheet.is_copied()) {
        let (copy, name) = (&sheet.from, quoted(&sheet.table.name));
        connection.execute_batch(&format!("create table {copy} as select * from main.{name}"))?;
    }
    let indexing = Indexing { connection, layout, default: literal(ontology) };
    indexing.known()?;
    connection.execute_batch(INDEXES)?;
    indexing.nodes_by_file()?;
    for sheet in &layout.sheets {
        let select = match sheet.part {
            Part::Ontology => {
                indexing.ontologies(sheet)?;
                continue;
            }
            Part::File => indexing.files(sheet),
            Part::Class => indexing.classes(sheet),
            Part::Parent => indexing.parents(sheet),
            Part::Property => indexing.properties(),
            Part::Axiom => indexing.axioms(sheet),
            Part::Node => "select key, ontology, row, name, null, 1 from temp.node".to_owned(),
            Part::Edge => indexing.edges(sheet),
        };
        connection.execute_batch(&format!(
            "insert into temp.entry (key, ontology, row, own, other, flags, part) \
             select rows.*, {} from ({select}) as rows",
            sheet.part as u8
        ))?;
    }
    part_ontologies(connection)?;
    connection.execute_batch("create index temp.entry_in_order on entry (key, part, row)")?;
    Ok(())
}

/// Gives a key that rows of several ontologies share to the first of them alone.
fn part_ontologies(connection: &Connection) -> Result<(), LegacyError> {
    let names: Vec<String> = connection
        .prepare("select distinct ontology from temp.entry order by 1 desc")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if names.len() < 2 {
        return Ok(());
    }
    connection.execute_batch("create index temp.entry_by_key on entry (key, ontology)")?;
    for name in names {
        connection.execute(
            "update temp.entry set key = ?1 || key where ontology = ?2 and exists (
                select 1 from temp.entry as other
                where other.key = entry.key and other.ontology < ?2)",
            params![format!("{}/", ontology_key(&name)), name],
        )?;
    }
    Ok(())
}

/// The key of an ontology's own row.
fn ontology_key(name: &str) -> String {
    iri::made_iri("ontology/", name)
}

struct Indexing<'a> {
    connection: &'a Connection,
    layout: &'a Layout,
    /// The ontology of rows that name none, as a literal.
    default: String,
}

impl Indexing<'_> {
    /// Lists classes, properties, nodes and what axioms say of parents, to be referred to.
    fn known(&self) -> Result<(), LegacyError> {
        let add = |text: String| self.connection.execute_batch(&text);
        if let Some(sheet) = self.layout.sheet(Part::Class) {
            let (own, ontology, file) = (iri_of(sheet), self.ontology(sheet), self.file(sheet));
            add(format!(
                "insert into temp.class select t.{}, {ontology}, {own}, {}, \
                 coalesce({file}, 'class/' || {own}) from {} as t",
                sheet.rowid,
                text(sheet.column(Role::Id)),
                sheet.from
            ))?;
        }
        if let Some(sheet) = self.layout.sheet(Part::Property) {
            let (own, ontology, file) = (iri_of(sheet), self.ontology(sheet), self.file(sheet));
            add(format!(
                "insert into temp.property select t.{}, {ontology}, {own}, \
                 coalesce({file}, 'property/' || {own}) from {} as t",
                sheet.rowid, sheet.from
            ))?;
        }
        if let Some(sheet) = self.layout.sheet(Part::Node) {
            let id = format!("coalesce({}, '')", text(sheet.column(Role::Id)));
            let label = text(sheet.column(Role::Label));
            let (ontology, file) = (self.ontology(sheet), self.file(sheet));
            add(format!(
                "insert into temp.node select t.{}, {ontology}, {id}, \
                 coalesce(nullif(trim({label}), ''), 'node/' || {id}), \
                 coalesce({file}, 'node/' || {id}) from {} as t",
                sheet.rowid, sheet.from
            ))?;
        }
        if let Some(sheet) = self.layout.sheet(Part::Axiom) {
            let [kind, subject, object] = [Role::Kind, Role::Subject, Role::Object]
                .map(|role| format!("trim({})", text(sheet.column(role))));
            add(format!(
                "insert into temp.subclass select {}, {subject}, {object} from {} as t \
                 where replace(lower({kind}), '_', '') in ('subclassof', 'owl:subclassof', \
                 'rdfs:subclassof')",
                self.ontology(sheet),
                sheet.from
            ))?;
        }
        Ok(())
    }

    /// One page has one node: the first of a file is the file's, and belongs to the ontology of
    /// its classes.
    fn nodes_by_file(&self) -> Result<(), LegacyError> {
        self.connection.execute_batch(
            "update temp.node set key = 'node/' || id where row > (
                select min(row) from temp.node as first where first.key = node.key)",
        )?;
        let has_own = |sheet: &Sheet| sheet.roles.contains_key(&Role::Ontology);
        if self.layout.sheet(Part::Node).is_some_and(|sheet| !has_own(sheet)) {
            self.connection.execute_batch(
                "update temp.node set ontology = coalesce((select min(class.ontology) \
                 from temp.class where class.key = node.key), ontology)",
            )?;
        }
        Ok(())
    }

    /// Enters ontologies one by one, for their names are encoded in their keys.
    fn ontologies(&self, sheet: &Sheet) -> Result<(), LegacyError> {
        let id = format!("coalesce(trim({}), '')", text(sheet.column(Role::Id)));
        let mut statement = self
            .connection
            .prepare(&format!("select {id}, t.{} from {} as t", sheet.rowid, sheet.from))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (name, row): (String, i64) = (row.get(0)?, row.get(1)?);
            self.connection.execute(
                &format!(
                    "insert into temp.entry (key, ontology, row, own, flags, part) \
                     values (?1, iif(?2 = '', {}, ?2), ?3, ?2, 1, ?4)",
                    self.default
                ),
                params![ontology_key(&name), name, row, sheet.part as u8],
            )?;
        }
        Ok(())
    }

    fn files(&self, sheet: &Sheet) -> String {
        let key = format!("coalesce({}, 'file/')", path_key(&text(sheet.column(Role::File))));
        let first = format!("(select min(class.ontology) from temp.class where class.key = {key})");
        format!(
            "select {key}, coalesce({first}, {}), t.{}, coalesce({}, ''), null, 1 from {} as t",
            self.default,
            sheet.rowid,
            text(sheet.column(Role::File)),
            sheet.from
        )
    }

    fn classes(&self, sheet: &Sheet) -> String {
        let parent = sheet.column(Role::Parent).map_or("null".to_owned(), |column| {
            format!("nullif(trim({}), '')", text(Some(column)))
        });
        format!(
            "select c.key, c.ontology, c.row, c.iri, {parent}, 1 \
             + 2 * exists (select 1 from temp.class as p \
                where p.iri = {parent} and p.ontology = c.ontology) \
             + 4 * exists (select 1 from temp.subclass as s where s.subject = c.iri \
                and s.object = {parent} and s.ontology = c.ontology) \
             + 8 * exists (select 1 from temp.class as first where first.iri = c.iri \
                and first.ontology = c.ontology and first.row < c.row) \
             from temp.class as c join {} as t on t.{} = c.row",
            sheet.from, sheet.rowid
        )
    }

    fn parents(&self, sheet: &Sheet) -> String {
        let ontology = sheet.column(Role::Ontology).map(|_| self.ontology(sheet));
        let [own, other] = [Role::Iri, Role::Parent].map(|role| self.class_named(sheet, role));
        let [child, parent] =
            [Role::Iri, Role::Parent].map(|role| format!("trim({})", text(sheet.column(role))));
        format!(
            "select coalesce(c.key, 'class/' || coalesce({child}, '')), \
             coalesce(c.ontology, {}), t.{}, coalesce(c.iri, {child}, ''), \
             coalesce(p.iri, {parent}), (c.row is not null) + 2 * (p.row is not null) \
             + 4 * exists (select 1 from temp.subclass as s \
                where s.subject = coalesce(c.iri, {child}) \
                and s.object = coalesce(p.iri, {parent})) \
             from {} as t left join temp.class as c on c.row = {own} \
             left join temp.class as p on p.row = {other}",
            ontology.unwrap_or_else(|| self.default.clone()),
            sheet.rowid,
            sheet.from,
        )
    }

    /// The row of the class that a column names, by its IRI or by its number.
    fn class_named(&self, sheet: &Sheet, role: Role) -> String {
        let name = sheet.roles.get(&role).map(|at| sheet.table.columns[*at].as_str());
        let classes = self.layout.sheet(Part::Class);
        let target = Option::zip(name, classes).and_then(|(it, classes)| sheet.target(it, classes));
        let id = classes.and_then(|classes| classes.roles.get(&Role::Id));
        let by = if target.is_some() && target.as_ref() == id { "id" } else { "iri" };
        let within = match sheet.column(Role::Ontology) {
            Some(_) => format!(" and x.ontology = {}", self.ontology(sheet)),
            None => String::new(),
        };
        let value = text(sheet.column(role));
        format!("(select min(x.row) from temp.class as x where x.{by} = trim({value}){within})")
    }

    fn properties(&self) -> String {
        "select key, ontology, row, iri, null, 1 + 8 * exists (\
            select 1 from temp.property as first where first.iri = p.iri \
            and first.ontology = p.ontology and first.row < p.row) from temp.property as p"
            .to_owned()
    }

    fn axioms(&self, sheet: &Sheet) -> String {
        let subject = format!("trim({})", text(sheet.column(Role::Subject)));
        let (ontology, file) = (self.ontology(sheet), self.file(sheet));
        let within = match sheet.column(Role::Ontology) {
            Some(_) => format!(" and x.ontology = {ontology}"),
            None => String::new(),
        };
        let known = |table: &str| {
            format!("(select min(x.row) from temp.{table} as x where x.iri = {subject}{within})")
        };
        let id = match sheet.column(Role::Id) {
            Some(column) => text(Some(column)),
            None => format!("t.{}", sheet.rowid),
        };
        format!(
            "select coalesce({file}, c.key, p.key, 'axiom/' || coalesce({id}, t.{})), \
             coalesce(c.ontology, p.ontology, {ontology}), t.{}, coalesce({subject}, ''), \
             null, (c.row is not null or p.row is not null) \
             from {} as t left join temp.class as c on c.row = {} \
             left join temp.property as p on p.row = {}",
            sheet.rowid,
            sheet.rowid,
            sheet.from,
            known("class"),
            known("property")
        )
    }

    fn edges(&self, sheet: &Sheet) -> String {
        let [source, target] = [Role::Source, Role::Target].map(|role| text(sheet.column(role)));
        format!(
            "select coalesce(s.key, 'node/' || coalesce({source}, '')), \
             coalesce(s.ontology, {}), t.{}, \
             coalesce(s.name, 'node/' || {source}, ''), coalesce(e.name, 'node/' || {target}), \
             (s.row is not null) + 2 * (e.row is not null) from {} as t \
             left join temp.node as s on s.row = (select min(x.row) from temp.node as x \
                where x.id = {source}) \
             left join temp.node as e on e.row = (select min(x.row) from temp.node as x \
                where x.id = {target})",
            self.default, sheet.rowid, sheet.from
        )
    }

    /// The ontology of a row.
    fn ontology(&self, sheet: &Sheet) -> String {
        match sheet.column(Role::Ontology) {
            Some(column) => {
                format!("coalesce(nullif(trim({}), ''), {})", text(Some(column)), self.default)
            }
            None => self.default.clone(),
        }
    }

    /// The key of the file that a row came from, or null: by a column that names a row of the
    /// table of files, else by one that holds its path.
    fn file(&self, sheet: &Sheet) -> String {
        let by_row = self.layout.sheet(Part::File).and_then(|files| {
            let named = |name: &String| Some((quoted(name), sheet.target(name, files)?));
            let (name, target) = sheet.table.columns.iter().find_map(named)?;
            let column = |at: usize| format!("f.{}", quoted(&files.table.columns[at]));
            let path = text(files.roles.get(&Role::File).map(|at| column(*at)));
            let (path, target, from) = (path_key(&path), column(target), &files.from);
            Some(format!("(select {path} from {from} as f where {target} = t.{name})"))
        });
        by_row
            .or_else(|| sheet.column(Role::File).map(|it| path_key(&text(Some(it)))))
            .unwrap_or_else(|| "null".to_owned())
    }
}

/// A row's IRI; empty where it has none.
fn iri_of(sheet: &Sheet) -> String {
    format!("coalesce(trim({}), '')", text(sheet.column(Role::Iri)))
}

/// A column as text.
fn text(column: Option<String>) -> String {
    column.map_or("null".to_owned(), |column| format!("cast({column} as text)"))
}

/// The key of a path, null where that is empty.
fn path_key(path: &str) -> String {
    let is_head = |head: &str| format!("substr({path}, 1, {}) = '{head}'", head.len());
    let is_taken = HEADS.map(is_head).join(" or ");
    format!("nullif(iif({is_taken}, 'file/' || {path}, {path}), '')")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
